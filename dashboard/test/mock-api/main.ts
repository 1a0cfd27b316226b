import { createMockApi } from './server';

const port = Number(process.env['PORT'] ?? 5199);
createMockApi().server.listen(port, '127.0.0.1');
