import { useEffect, useState } from "preact/hooks";
import { Html } from "../../house/html.tsx";

/** An answer of this panel, as it was shown. */
interface Recorded {
  readonly model: string;
  readonly adapter: string;
  readonly day: string;
  readonly html: string;
}

/** What a model said of aspirin elsewhere. */
export function RecordedAnswer() {
  const [answer, setAnswer] = useState<Recorded>();
  useEffect(() => {
    import("./recorded.json", { with: { type: "json" } }).then((file) => setAnswer(file.default));
  }, []);
  if (!answer) return <p class="loading" role="status">Loading …</p>;
  const { model, adapter, day, html } = answer;
  return (
    <section class="molecule-panel">
      <h1>A molecule</h1>
      <p class="lead">Recorded on {day}: {model}, trained and asked in a tab on {adapter}.</p>
      <Html source={html} label="Genes up and down" />
    </section>
  );
}
