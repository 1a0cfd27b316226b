// Menus on Radix, never modal: a modal one would lock scrolling with an injected style, which our
// content security policy refuses.
import * as Dropdown from '@radix-ui/react-dropdown-menu';
import { Icon } from './Icon';
import type { MenuProps, MenuSection } from './Menu';

export function MenuContent({ trigger, sections, align = 'start' }: MenuProps) {
  return (
    <Dropdown.Root modal={false} defaultOpen>
      <Dropdown.Trigger asChild>{trigger}</Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
          {sections.map((section, index) => (
            <Section key={index} section={section} first={index === 0} />
          ))}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

function Section({ section, first }: { section: MenuSection; first: boolean }) {
  return (
    <>
      {!first && <Dropdown.Separator className="menu-separator" />}
      {section.kind === 'label' && (
        <Dropdown.Label className="menu-label">{section.text}</Dropdown.Label>
      )}
      {section.kind === 'action' && (
        <Dropdown.Item className="menu-item" onSelect={section.onSelect}>
          <span className="menu-tick" />
          {section.text}
        </Dropdown.Item>
      )}
      {section.kind === 'choice' && <Choice {...section} />}
    </>
  );
}

function Choice({ label, value, options, onChange }: Extract<MenuSection, { kind: 'choice' }>) {
  return (
    <Dropdown.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
      {options.map((option) => (
        <Dropdown.RadioItem key={option.value} value={option.value} className="menu-item">
          <span className="menu-tick">
            <Dropdown.ItemIndicator>
              <Icon name="check" />
            </Dropdown.ItemIndicator>
          </span>
          <span className="menu-text">{option.label}</span>
        </Dropdown.RadioItem>
      ))}
    </Dropdown.RadioGroup>
  );
}
