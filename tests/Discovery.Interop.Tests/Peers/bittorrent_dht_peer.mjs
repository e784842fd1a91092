// One node of npm's bittorrent-dht that does as it is told.
//
//   node bittorrent_dht_peer.mjs FOLDER HOST PORT ROUTER|-
//
// FOLDER is the one whose node_modules holds the package. Reads one JSON object a line from standard input and answers each with one; ends with its input.
import crypto from 'node:crypto'
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

const [folder, host, port, router] = process.argv.slice(2)
const { default: DHT } = await import(pathToFileURL(path.join(folder, 'node_modules', 'bittorrent-dht', 'index.js')))

const publicDer = Buffer.from('302a300506032b6570032100', 'hex')
const privateDer = Buffer.from('302e020100300506032b657004220420', 'hex')
const verify = (signature, message, key) =>
  crypto.verify(null, message, { key: Buffer.concat([publicDer, key]), format: 'der', type: 'spki' }, signature)
const sign = (message, seed) =>
  crypto.sign(null, message, { key: Buffer.concat([privateDer, seed]), format: 'der', type: 'pkcs8' })

const dht = new DHT({ bootstrap: router === '-' ? false : [router], verify, host })
const hex = text => Buffer.from(text, 'hex')
const call = verb => new Promise(resolve => verb((error, ...rest) => resolve([error, ...rest])))
const item = found => found
  ? { value: found.v.toString('latin1'), seq: found.seq ?? null }
  : { value: null, seq: null }

const verbs = {
  async nodes () {
    return { nodes: dht.toJSON().nodes.length }
  },
  async announce ({ infoHash, port }) {
    const [error] = await call(done => dht.announce(infoHash, port, done))
    return { error: error?.message ?? null }
  },
  async peers ({ infoHash }) {
    const found = new Set()
    const note = (peer, of) => { if (of.toString('hex') === infoHash) found.add(`${peer.host}:${peer.port}`) }
    dht.on('peer', note)
    await call(done => dht.lookup(infoHash, done))
    dht.off('peer', note)
    return { peers: [...found].sort() }
  },
  async put ({ value }) {
    const [error, target, stored] = await call(done => dht.put({ v: Buffer.from(value, 'latin1') }, done))
    return { target: target?.toString('hex') ?? null, stored: error ? 0 : stored }
  },
  async get ({ target }) {
    const [, found] = await call(done => dht.get(hex(target), { cache: false }, done))
    return item(found)
  },
  async put_mutable ({ seed, key, salt, seq, value, cas }) {
    const options = { k: hex(key), seq, v: Buffer.from(value, 'latin1'), sign: message => sign(message, hex(seed)) }
    if (salt) options.salt = Buffer.from(salt, 'latin1')
    if (cas !== undefined) options.cas = cas
    const [error, , stored] = await call(done => dht.put(options, done))
    return { stored: error ? 0 : stored, seq }
  },
  async get_mutable ({ key, salt }) {
    const target = crypto.createHash('sha1').update(hex(key)).update(salt, 'latin1').digest()
    const [, found] = await call(done => dht.get(target, { cache: false, salt: salt ? Buffer.from(salt, 'latin1') : undefined }, done))
    return item(found)
  }
}

const say = answer => process.stdout.write(JSON.stringify(answer) + '\n')
dht.on('error', error => say({ error: error.message }))
dht.listen(+port, host, async () => {
  say({ ready: true })
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    say(await verbs[command.do](command))
  }
  process.exit(0)
})
