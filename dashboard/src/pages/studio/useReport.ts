// A report while it is read or edited: what was loaded, what became of it here, and saving without overwriting what
// somebody else saved meanwhile.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Report, fetchReport, replaceReport, reportQuery } from '../../api/reports';
import { type Draft, isSame, readReport, writeReport } from './report';

/** The report was changed by somebody else since it was loaded. */
export class ConflictError extends Error {
  constructor(readonly theirs: Report) {
    super('changed meanwhile');
    this.name = 'ConflictError';
  }
}

export function useReport(report: Report) {
  const client = useQueryClient();
  const [base, setBase] = useState(report);
  const loaded = useMemo(() => readReport(base), [base]);
  const [edited, setEdited] = useState<Draft>();
  const draft = edited ?? loaded;
  const dirty = edited !== undefined && !isSame(edited, loaded);

  function adopt(next: Report) {
    setBase(next);
    setEdited(undefined);
    client.setQueryData(reportQuery(next.id).queryKey, next);
    void client.invalidateQueries({ queryKey: ['reports'] });
  }

  const save = useMutation({
    mutationFn: async ({ over }: { over?: string } = {}) => {
      const now = await fetchReport(base.id);
      if (now.updated_at !== (over ?? base.updated_at)) throw new ConflictError(now);
      return replaceReport(base.id, writeReport(draft));
    },
    onSuccess: adopt,
  });

  return {
    base,
    draft,
    dirty,
    /** Changes what it says now, which may be more than what was shown when the change was thought of. */
    change: (part: Partial<Draft> | ((now: Draft) => Partial<Draft>)) =>
      setEdited((before) => {
        const now = before ?? loaded;
        return { ...now, ...(typeof part === 'function' ? part(now) : part) };
      }),
    discard: () => setEdited(undefined),
    save,
    /** Takes what somebody else saved, and lets go of what was changed here. */
    adopt,
  };
}
