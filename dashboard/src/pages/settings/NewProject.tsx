import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createProject, projectsQuery } from '../../api/projects';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextField } from '../../ui/Field';
import { ErrorNotice } from '../../ui/Notice';
import { slugOf } from './slug';

export function NewProject({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string>();
  const slug = ownSlug ?? slugOf(name);
  const create = useMutation({
    mutationFn: createProject,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      onClose();
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ name: name.trim(), slug });
  }

  return (
    <Dialog title="New project" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={128}
          required
          autoFocus
        />
        <TextField
          label="Slug"
          value={slug}
          onChange={(event) => setOwnSlug(event.target.value)}
          pattern="[A-Za-z0-9][A-Za-z0-9\-_.]{0,99}"
          required
          hint="An event whose service name equals the slug belongs here when its key covers the whole installation."
        />
        {create.isError && <ErrorNotice error={create.error} />}
        <footer className="form-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Create project
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
