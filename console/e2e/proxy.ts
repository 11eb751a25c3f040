import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A way to the server that can be cut, or made slow: what a browser behind it sees is real. */
export class Proxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private delayMs = 0;

  private constructor(private readonly server: Server) {}

  static async to(url: string): Promise<Proxy> {
    const target = new URL(url);
    const server = createServer();
    const proxy = new Proxy(server);
    server.on('connection', (socket) => proxy.join(socket, Number(target.port), target.hostname));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private join(near: Socket, port: number, host: string): void {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const far = connect(port, host);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (data) => {
      setTimeout(() => near.writable && near.write(data), this.delayMs);
    });
  }

  /** Ends every connection and takes no new one. */
  cut(): void {
    this.isCut = true;
    this.sockets.forEach((socket) => socket.destroy());
  }

  mend(): void {
    this.isCut = false;
  }

  /** Answers come so much later from now on. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
