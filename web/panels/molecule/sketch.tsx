import { useEffect, useState } from "preact/hooks";
import { theHouse } from "../../house/client.ts";
import { Html } from "../../house/html.tsx";

/** Milliseconds without a key before a structure is drawn. */
const pause = 150;

/** The structure of a SMILES, drawn as it is typed. RDKit is loaded for the first one. */
export function Sketch({ smiles }: { readonly smiles: string }) {
  const [drawn, setDrawn] = useState<{ readonly svg?: string; readonly fault?: string }>({});
  useEffect(() => {
    if (smiles === "") return setDrawn({});
    let current = true;
    const timer = setTimeout(async () => {
      const next = await theHouse().draw(smiles);
      if (current) setDrawn(next);
    }, pause);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [smiles]);
  return (
    <figure class="molecule sketch" aria-label={smiles ? `Structure of ${smiles}` : "No structure yet"}>
      {drawn.svg && <Html source={drawn.svg} />}
      {drawn.fault && (
        <figcaption>
          <span role="status">No molecule: {drawn.fault}.</span>
        </figcaption>
      )}
      {!drawn.svg && !drawn.fault && <figcaption>The structure is drawn as you type.</figcaption>}
    </figure>
  );
}
