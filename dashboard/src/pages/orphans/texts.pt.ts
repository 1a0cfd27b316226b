import type { Translation } from '../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Órfãos',
  lead: 'Requisições que um navegador fez e nenhum backend do mesmo projeto registrou.',
  whatTitle: 'O que é um órfão, e o que fazer',
  what: 'O navegador registra cada requisição com um id. O backend que responde registra o mesmo id. Quando só o navegador registrou, até uma hora antes ou depois, a requisição é órfã.',
  doLost:
    'Ela nunca chegou: falha de rede, um proxy ou firewall que a recusou, ou um backend fora do ar. Veja o status: 0 significa que o navegador não teve resposta.',
  doSilent:
    'Um backend respondeu e não registrou: ele não tem SDK, sua chave foi revogada, ou ele não repassa o cabeçalho X-Request-Id. “Backends” mostra o que foi registrado do mesmo caminho por volta daquela hora.',
  doForeign:
    'Ela foi para o servidor de terceiros, que nunca vai registrar. Liste as suas origens no SDK do navegador, para que só elas sejam gravadas.',
  doSoon:
    'O backend ainda vai registrar. Para isso existe a tolerância: órfãos mais novos ficam de fora.',
  grace: 'Tolerância',
  grace_0: 'nenhuma',
  counted: { one: '{count} órfão', other: '{count} órfãos' },
  list: 'Órfãos, os mais recentes primeiro',
  time: 'Hora',
  status: 'Status',
  request: 'Requisição',
  service: 'Serviço',
  user: 'Usuário',
  actions: 'Ações',
  noAnswer: 'sem resposta',
  detailsOf: 'Detalhes de {what}',
  backends: 'Backends',
  backendsOf: 'O que backends registraram de {what} por volta daquela hora',
  alike: 'Mais frequentes',
  alikeOf: { one: 'do {count} mostrado', other: 'dos {count} mostrados' },
  foreign: 'outro host',
  emptyTitle: 'Nenhum órfão',
  emptyHelp:
    'Toda requisição que um navegador registrou nesta visão também foi registrada por um backend, ou nenhum navegador registra ainda. O SDK do navegador grava requisições; os SDKs de backend registram o mesmo id.',
};
