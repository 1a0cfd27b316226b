import type { ReactNode } from 'react';
import { useMedia } from '../ui/useMedia';
import './withDrawer.css';

interface Props {
  /** What is open beside the page; nothing when nothing is. */
  drawer: ReactNode;
  children: ReactNode;
}

/** A page with details beside it, each scrolling by itself. On a phone the details cover the page. */
export function WithDrawer({ drawer, children }: Props) {
  const phone = useMedia('(max-width: 760px)');
  const open = drawer !== undefined && drawer !== null && drawer !== false;
  return (
    <div className="with-drawer">
      <div className="with-drawer-page" inert={phone && open}>
        <div className="page">{children}</div>
      </div>
      {drawer}
    </div>
  );
}
