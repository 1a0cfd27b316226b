interface Props {
  /** What the field's `list` names. */
  id: string;
  values?: readonly string[] | undefined;
}

/** What may be typed into a field, offered by the browser. */
export function Suggestions({ id, values = [] }: Props) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}
