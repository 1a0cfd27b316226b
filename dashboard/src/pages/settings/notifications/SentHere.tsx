import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../../api/errors';
import { type ChannelTest, pushDeliveriesQuery, testPush } from '../../../api/notifications';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { TestDialog } from '../TestDialog';
import { Deliveries } from './Deliveries';
import { TestResult } from './TestResult';
import { notificationsTexts } from './texts';

interface Props {
  /** The subscription of this browser, while there is one. */
  id: string | undefined;
  /** A test failed, perhaps because the subscription is over; called once the reader has seen why. */
  onFailed: () => void;
}

/** Tries this browser, and shows what was sent to it. */
export function SentHere({ id, onFailed }: Props) {
  const t = useTexts(notificationsTexts);
  const [shown, setShown] = useState<string>();
  const test = useMutation({ mutationFn: tried, gcTime: 0 });
  const closeTest = () => {
    if (test.data?.ok === false) onFailed();
    test.reset();
  };
  return (
    <>
      {id !== undefined && (
        <div className="browser-actions">
          <Button onClick={() => test.mutate(id)}>{t('testBrowser')}</Button>
          <Button onClick={() => setShown(id)}>{t('deliveries')}</Button>
        </div>
      )}
      {test.variables !== undefined && (
        <TestDialog
          title={t('testBrowserTitle')}
          busy={t('testing')}
          result={test.data}
          error={test.error}
          onClose={closeTest}
        >
          {(result) => (
            <TestResult
              result={result}
              help={t(result.ok ? 'browserTakenHelp' : 'browserNotTakenHelp')}
            />
          )}
        </TestDialog>
      )}
      {shown !== undefined && (
        <Deliveries
          title={t('browserDeliveriesTitle')}
          history={pushDeliveriesQuery(shown)}
          onClose={() => setShown(undefined)}
        />
      )}
    </>
  );
}

/** A subscription that ended meanwhile is what a test finds out, not a page that broke. */
async function tried(id: string): Promise<ChannelTest> {
  try {
    return await testPush(id);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    return { ok: false, error: notificationsTexts.t('browserGone') };
  }
}
