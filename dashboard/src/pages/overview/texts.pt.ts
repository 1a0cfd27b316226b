import type { Translation } from '../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Visão geral',
  figures: 'Números principais',
  events: 'Eventos',
  fromServices: { one: 'de {count} serviço', other: 'de {count} serviços' },
  errors4: 'Erros do cliente',
  errors5: 'Erros do servidor',
  with4: '{number} com 4xx',
  with5: '{number} com 5xx',
  p95: 'Resposta, p95',
  average: '{time} em média',
  lastEvent: 'Último evento',
  none: 'nenhum',
  inRange: 'neste período',
  volume: 'Eventos ao longo do tempo',
  fine: '2xx, 3xx, outros',
  services: 'Serviços',
  service: 'Serviço',
  errors: 'Erros',
  averageHead: 'Média',
  breakdown: 'Status e método',
  byStatus: 'Por status',
  byMethod: 'Por método',
  noMethod: 'nenhum',
  emptyTitle: 'Nenhum evento corresponde',
  emptyHelp: 'Nada foi registrado neste período e ambiente.',
  widen: 'Ver os últimos 30 dias',
  errorRate: 'Proporção de erros',
  latest: 'Eventos mais recentes',
  ownToo: 'Os do próprio BatAudit também aparecem; nenhum número os conta.',
  ownTitle: 'Aqui só o próprio BatAudit escreve',
  ownHelp:
    'O que as pessoas mudam no BatAudit aparece como eventos. Os números contam o que as aplicações enviam.',
  ownOpen: 'Mostrar estes eventos',
  health: 'Saúde',
  up: 'No ar',
  down: 'Fora do ar',
  unknown: 'Ainda não verificado',
  monitorsDown: {
    one: '{count} monitor está fora do ar:',
    other: '{count} monitores estão fora do ar:',
  },
  orphans: {
    one: '{count} requisição de navegador nunca chegou a um backend',
    other: '{count} requisições de navegadores nunca chegaram a um backend',
  },
  lineLate:
    'Os dados estão {time} atrasados: eventos mais novos foram aceitos, mas ainda não estão aqui.',
  lineKafka:
    'O Kafka não responde. Eventos novos são provavelmente recusados; os clientes os enviam de novo.',
  lineUnknown: 'Ninguém olha a linha há um minuto: não se sabe quão recentes são estes dados.',
  wholeUntil: 'Completo até',
  healthAll: 'Mostrar tudo',
  healthLess: 'Mostrar menos',
  healthWell:
    'Nada está atrasado, nenhum monitor está fora do ar, e toda requisição de navegador chegou a um backend.',
  healthUnknown: 'Não se sabe se algo está errado: nem tudo pôde ser consultado.',
  archived: 'Este projeto está arquivado. Não recebe eventos desde',
  noKey: 'Nenhuma chave de API válida escreve neste projeto: ele não recebe eventos.',
  makeKey: 'Gerar uma chave de API',
  noKeys: {
    one: '{count} projeto não recebe eventos, porque nenhuma chave de API válida escreve nele:',
    other:
      '{count} projetos não recebem eventos, porque nenhuma chave de API válida escreve neles:',
  },
};
