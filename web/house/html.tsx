/** HTML that the page kit wrote; everything that came from a visitor's file is escaped in it. */
export function Html({ source, label }: { readonly source: string; readonly label?: string }) {
  return (
    <div
      {...(label ? { role: "region", "aria-label": label } : {})}
      dangerouslySetInnerHTML={{ __html: source }}
    />
  );
}
