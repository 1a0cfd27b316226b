import type { ReactNode } from 'react';

interface Props {
  title: string;
  lead?: string;
  /** Buttons at the end of the line. */
  children?: ReactNode;
}

/** The head of a sub-page or of a part of one. */
export function SectionHead({ title, lead, children }: Props) {
  return (
    <header className="section-head">
      <div>
        <h2>{title}</h2>
        {lead !== undefined && <p>{lead}</p>}
      </div>
      {children}
    </header>
  );
}
