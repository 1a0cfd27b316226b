import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../api/errors';
import { App } from './App';

export function show(root: HTMLElement): void {
  createRoot(root, {
    // A failed request is shown by the page that made it; only a fault of ours belongs in the console.
    onCaughtError: (error) => {
      if (!(error instanceof ApiError)) reportError(error);
    },
  }).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
