import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createKey, keysQuery } from '../../api/keys';
import type { KeyScope, NewApiKey, Project } from '../../api/model';
import { meQuery } from '../../api/session';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { SelectField, TextField } from '../../ui/Field';
import { ErrorNotice } from '../../ui/Notice';
import { KeyShown } from './KeyShown';

const SCOPE_HINTS: Record<KeyScope, string> = {
  project: 'Sends events into this project only.',
  instance: 'Sends events into any project; the service name decides which.',
  browser: 'May be shipped in a web page: sends only, and only from the origins below.',
};
const SCOPES = Object.keys(SCOPE_HINTS) as KeyScope[];
const SCOPE_LABELS: Record<KeyScope, string> = {
  project: 'This project',
  instance: 'Whole installation',
  browser: 'Browser',
};
const LIFETIMES = [
  ['', 'Never'],
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
] as const;

export function NewKey({ project, onClose }: { project: Project; onClose: () => void }) {
  const client = useQueryClient();
  const { data: me } = useQuery(meQuery);
  // Only an owner may make a key that writes into every project.
  const scopes = SCOPES.filter((each) => each !== 'instance' || me?.role === 'owner');
  const [scope, setScope] = useState<KeyScope>('project');
  const create = useMutation({
    mutationFn: createKey,
    // The answer holds the key: it must not outlive this dialog in the cache.
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery(project.id).queryKey }),
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    create.mutate(readForm(new FormData(event.currentTarget), project.id, Date.now()));
  }

  if (create.data !== undefined) return <KeyShown apiKey={create.data.key} onClose={onClose} />;
  return (
    <Dialog title="Generate API key" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label="Name"
          name="name"
          placeholder="checkout, production"
          maxLength={128}
          required
          autoFocus
          hint={`For the project “${project.name}”.`}
        />
        <SelectField
          label="Scope"
          name="scope"
          value={scope}
          onChange={(event) => setScope(SCOPES.find((s) => s === event.target.value) ?? 'project')}
          hint={SCOPE_HINTS[scope]}
        >
          {scopes.map((value) => (
            <option key={value} value={value}>
              {SCOPE_LABELS[value]}
            </option>
          ))}
        </SelectField>
        {scope === 'browser' && (
          <TextField
            label="Origins"
            name="origins"
            placeholder="https://shop.example https://www.shop.example"
            required
            hint="Separated by spaces, with scheme and without a path."
          />
        )}
        <SelectField label="Expires" name="lifetime">
          {LIFETIMES.map(([days, label]) => (
            <option key={days} value={days}>
              {label}
            </option>
          ))}
        </SelectField>
        {create.isError && <ErrorNotice error={create.error} />}
        <footer className="form-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Generate
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function readForm(form: FormData, projectId: string, now: number): NewApiKey {
  const scope = SCOPES.find((known) => known === form.get('scope')) ?? 'project';
  const days = Number(form.get('lifetime'));
  const origins = String(form.get('origins') ?? '')
    .split(/[\s,]+/)
    .filter((origin) => origin !== '');
  return {
    project_id: projectId,
    name: String(form.get('name')).trim(),
    scope,
    ...(scope === 'browser' ? { origins } : {}),
    ...(days > 0 ? { expires_at: new Date(now + days * 86_400_000).toISOString() } : {}),
  };
}
