// Where an export is written: a file the reader chose, or the browser's downloads.
import type { Sink } from '../../api/export';
import { saveBlob } from '../../ui/saveFile';

interface Writable {
  write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>;
  close: () => Promise<void>;
  abort: () => Promise<void>;
}

interface FilePicker {
  showSaveFilePicker?: (options: {
    suggestedName: string;
  }) => Promise<{ createWritable: () => Promise<Writable> }>;
}

/** Nothing when the reader chose no file. */
export async function openSink(name: string): Promise<Sink | undefined> {
  const { showSaveFilePicker } = window as FilePicker;
  if (showSaveFilePicker === undefined) return inMemory(name);
  try {
    const file = await showSaveFilePicker.call(window, { suggestedName: name });
    return await file.createWritable();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return undefined;
    // Some browsers refuse the picker, e.g. in a frame: the download still works.
    return inMemory(name);
  }
}

function inMemory(name: string): Sink {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: async (chunk) => void parts.push(chunk),
    close: async () => saveBlob(name, new Blob(parts)),
    abort: async () => void (parts = []),
  };
}
