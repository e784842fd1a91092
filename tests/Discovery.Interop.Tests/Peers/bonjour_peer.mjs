// npm's bonjour-service and multicast-dns, for as long as standard input stays open.
//
//   node bonjour_peer.mjs FOLDER publish NAME PORT | browse | query
//
// FOLDER is the one whose node_modules holds the packages. "browse" (bonjour-service) and "query" (multicast-dns) write one JSON object a line for what they see.
import { createRequire } from 'node:module'
import path from 'node:path'

const [folder, verb, name, port] = process.argv.slice(2)
const require = createRequire(path.join(folder, 'package.json'))
const type = 'discovery'
const tell = line => process.stdout.write(JSON.stringify(line) + '\n')
let end = () => process.exit(0)

if (verb === 'query') {
  const mdns = require('multicast-dns')()
  mdns.on('response', response => {
    for (const record of [...response.answers, ...response.additionals]) {
      if (record.type === 'PTR' || record.type === 'SRV') tell({ type: record.type, name: record.name, data: record.data, ttl: record.ttl })
    }
  })
  mdns.query({ questions: [{ name: `_${type}._udp.local`, type: 'PTR' }] })
} else {
  const { Bonjour } = require('bonjour-service')
  const bonjour = new Bonjour()
  const show = change => service => tell({ change, name: service.name, port: service.port, addresses: service.addresses, txt: service.txt })
  if (verb === 'publish') {
    bonjour.publish({ name, type, protocol: 'udp', port: Number(port), txt: { k: 'v' } }).on('up', () => tell({ change: 'published', name }))
    end = () => bonjour.unpublishAll(() => setTimeout(() => process.exit(0), 200))
  } else {
    const browser = bonjour.find({ type, protocol: 'udp' })
    browser.on('up', show('up'))
    browser.on('down', show('down'))
  }
}
process.stdin.resume()
process.stdin.on('end', () => end())
