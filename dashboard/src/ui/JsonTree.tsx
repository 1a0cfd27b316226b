// JSON as it was stored, to fold and unfold. Every value can be copied, and so can its path. What was
// masked before it was stored says so.
import { useState } from 'react';
import { useCommon } from '../i18n/common';
import { visible } from '../json/lines';
import { childPath } from '../json/path';
import { type RawJson, decodeString } from '../json/raw';
import { CopyButton } from './CopyButton';
import { Icon } from './Icon';
import { Masked } from './Masked';

/** More children than this are shown on request: a body may be a megabyte. */
const FIRST_CHILDREN = 100;
/** So deep it is open at first. */
const OPEN_DEPTH = 3;

interface Child {
  /** The key as it was written, or the index. */
  name: string;
  path: string;
  value: RawJson;
}

export function JsonTree({ label, value }: { label: string; value: RawJson }) {
  return (
    <div className="tree" role="group" aria-label={label}>
      <Node name={undefined} path="$" value={value} depth={0} />
    </div>
  );
}

interface NodeProps {
  name: string | undefined;
  path: string;
  value: RawJson;
  depth: number;
}

function Node({ name, path, value, depth }: NodeProps) {
  if (value.kind === 'object' || value.kind === 'array') {
    return <Branch name={name} path={path} value={value} depth={depth} />;
  }
  return (
    <div className="tree-row">
      <Name name={name} />
      <Leaf value={value} />
      <CopyPath path={path} />
    </div>
  );
}

function Branch({ name, path, value, depth }: NodeProps) {
  const t = useCommon();
  const [open, setOpen] = useState(depth < OPEN_DEPTH);
  const [all, setAll] = useState(false);
  const children = childrenOf(value, path);
  const shown = all ? children : children.slice(0, FIRST_CHILDREN);
  const [first, last] = value.kind === 'array' ? ['[', ']'] : ['{', '}'];
  if (children.length === 0) {
    return (
      <div className="tree-row">
        <Name name={name} />
        <span className="json-mark">
          {first}
          {last}
        </span>
      </div>
    );
  }
  return (
    <>
      <div className="tree-row">
        <button
          type="button"
          className="tree-fold"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icon name="down" />
          <Name name={name} />
          <span className="json-mark">
            {first}
            {!open && `…${last}`}
          </span>
          <span className="tree-size">{t('entries', { count: children.length })}</span>
        </button>
        <CopyPath path={path} />
      </div>
      {open && (
        <div className="tree-children">
          {shown.map((child, index) => (
            <Node
              key={index}
              name={child.name}
              path={child.path}
              value={child.value}
              depth={depth + 1}
            />
          ))}
          {shown.length < children.length && (
            <button type="button" className="link" onClick={() => setAll(true)}>
              {t('showAllEntries', { count: children.length })}
            </button>
          )}
        </div>
      )}
    </>
  );
}

function Name({ name }: { name: string | undefined }) {
  if (name === undefined) return null;
  return (
    <>
      <span className="json-key">{visible(name)}</span>
      <span className="json-mark">: </span>
    </>
  );
}

function Leaf({ value }: { value: RawJson }) {
  if (value.kind === 'object' || value.kind === 'array') return null;
  if (value.kind !== 'string') return <span className={`json-${value.kind}`}>{value.raw}</span>;
  return (
    <Masked text={decodeString(value.raw)}>
      <span className="json-string">{visible(value.raw)}</span>
    </Masked>
  );
}

function CopyPath({ path }: { path: string }) {
  const t = useCommon();
  return (
    <span className="tree-tools">
      <CopyButton text={path} label={t('copyPath', { path })} />
    </span>
  );
}

function childrenOf(value: RawJson, path: string): Child[] {
  if (value.kind === 'object') {
    return value.members.map(({ rawKey, value: inner }) => ({
      name: rawKey,
      path: childPath(path, decodeString(rawKey)),
      value: inner,
    }));
  }
  if (value.kind !== 'array') return [];
  return value.items.map((inner, index) => ({
    name: String(index),
    path: childPath(path, index),
    value: inner,
  }));
}
