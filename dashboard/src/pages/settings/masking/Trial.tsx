// A dry run: what would be masked in a sample event, and whether it always is or by these rules.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../../api/errors';
import { eventQuery, fetchEvents } from '../../../api/events';
import { type MaskingRule, tryMasking } from '../../../api/masking';
import { useTexts } from '../../../i18n/catalogue';
import { toText } from '../../../json/lines';
import { type RawJson, RawJsonError, member, parseRaw } from '../../../json/raw';
import { Button } from '../../../ui/Button';
import { TextArea } from '../../../ui/Field';
import { ErrorNotice } from '../../../ui/Notice';
import { toast } from '../../../ui/toast';
import { SectionHead } from '../SectionHead';
import { TrialResult } from './TrialResult';
import { type Change, compare, sampleOf } from './sample';
import { maskingTexts } from './texts';

const EXAMPLE = `{
  "path": "/orders?customer_ref=C-1042&token=abc",
  "request_body": {
    "customer_ref": "C-1042",
    "card": "4111 1111 1111 1111",
    "note": "invoice INV-204512"
  }
}`;

/** What a dry run found: the sample as it would be stored, and every place that is masked in it. */
export interface Tried {
  /** What it was asked with, to see whether it still holds. */
  asked: string;
  stored: RawJson;
  changes: readonly (Change & { always: boolean })[];
}

interface Props {
  projectId: string;
  rules: readonly MaskingRule[];
  /** What the server has against the rules; nothing while they are tried anew. */
  onRefused: (error: unknown) => void;
}

export function Trial({ projectId, rules, onRefused }: Props) {
  const t = useTexts(maskingTexts);
  const [sample, setSample] = useState(EXAMPLE);
  const [problem, setProblem] = useState<string>();
  const trial = useMutation({
    mutationFn: (sent: RawJson) => run(projectId, rules, sent),
    onMutate: () => onRefused(undefined),
    onError: (error) => onRefused(error),
  });
  const newest = useNewest(projectId, (found) => {
    setSample(found);
    setProblem(undefined);
  });
  const asked = `${JSON.stringify(rules)} ${sample}`;
  const about = trial.error instanceof ApiError ? trial.error.parameter : undefined;

  function submit(event: FormEvent) {
    event.preventDefault();
    const sent = read(sample);
    const wrong = typeof sent === 'string';
    setProblem(wrong ? t('notJson', { why: sent }) : undefined);
    if (!wrong) trial.mutate(sent);
  }

  async function run(id: string, by: readonly MaskingRule[], sent: RawJson): Promise<Tried> {
    const text = toText(sent);
    const [all, always] = await Promise.all([tryMasking(id, by, text), tryMasking(id, [], text)]);
    const stored = maskedOf(all);
    const without = compare(sent, maskedOf(always));
    const changes = compare(sent, stored).map((change) => ({
      ...change,
      always: without.some((w) => w.path === change.path && w.stored === change.stored),
    }));
    return { asked, stored, changes };
  }

  return (
    <section aria-label={t('trial')}>
      <SectionHead title={t('trial')} lead={t('trialLead')} />
      <form className="form" onSubmit={submit}>
        <TextArea
          label={t('sample')}
          rows={9}
          spellCheck={false}
          value={sample}
          onChange={({ target }) => setSample(target.value)}
          hint={t('sampleHint')}
          error={problem ?? (about?.startsWith('samples') ? trial.error?.message : undefined)}
        />
        <div className="mask-actions">
          <Button busy={newest.isPending} onClick={() => newest.mutate()}>
            {t('newest')}
          </Button>
          <Button type="submit" busy={trial.isPending}>
            {t('try')}
          </Button>
        </div>
      </form>
      {trial.error !== null && about === undefined && <ErrorNotice error={trial.error} />}
      {trial.data !== undefined && (
        <TrialResult tried={trial.data} stale={trial.data.asked !== asked} />
      )}
    </section>
  );
}

/** The sample, or why it is none. */
function read(sample: string): RawJson | string {
  try {
    return parseRaw(sample);
  } catch (error) {
    if (error instanceof RawJsonError) return error.message;
    throw error;
  }
}

function maskedOf(answer: string): RawJson {
  const data = member(parseRaw(answer), 'data');
  const first = data?.kind === 'array' ? data.items[0] : undefined;
  const masked = first && member(first, 'masked');
  if (masked === undefined) throw new Error('the answer holds no sample');
  return masked;
}

/** Fetches the newest event of the project as a sample. */
function useNewest(projectId: string, onFound: (sample: string) => void) {
  const t = useTexts(maskingTexts);
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const page = await fetchEvents({ project: projectId, range: '30d' }, null);
      const id = page.data[0]?.id;
      return id === undefined ? undefined : client.fetchQuery(eventQuery(id));
    },
    onSuccess: (text) => {
      if (text === undefined) toast(t('noEvent'), { tone: 'bad' });
      else onFound(sampleOf(parseRaw(text)));
    },
    onError: (error) => toast(error.message, { tone: 'bad' }),
  });
}
