// The card that everybody sees who is not signed in: sign-in, an invitation, a new password.
import type { ReactNode } from 'react';
import { Logo } from '../../ui/Logo';
import './door.css';

interface Props {
  /** What is done here, in a sentence. */
  lead?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
}

export function Door({ lead, children, foot }: Props) {
  return (
    <main className="door">
      <div className="door-card">
        <div className="door-brand">
          <Logo />
          <h1>BatAudit</h1>
        </div>
        {lead !== undefined && <p className="door-lead">{lead}</p>}
        {children}
      </div>
      {foot !== undefined && <p className="door-foot">{foot}</p>}
    </main>
  );
}
