// npm's bonjour-service and multicast-dns, for as long as standard input stays open.
//
//   node bonjour_peer.mjs FOLDER publish NAME PORT | browse | query | respond NAME PORT
//
// FOLDER is the one whose node_modules holds the packages. "browse" (bonjour-service) and "query" (multicast-dns) write one JSON object a line for what they see.
// "respond" (multicast-dns) answers each question with the one record that is asked for, so that the rest has to be asked for too.
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
} else if (verb === 'respond') {
  const mdns = require('multicast-dns')()
  const instance = `${name}._${type}._udp.local`
  const records = [
    { name: `_${type}._udp.local`, type: 'PTR', ttl: 120, data: instance },
    { name: instance, type: 'SRV', ttl: 120, data: { port: Number(port), target: 'responder.local' } },
    { name: instance, type: 'TXT', ttl: 120, data: ['k=v'] },
    { name: 'responder.local', type: 'A', ttl: 120, data: '10.77.0.3' }
  ]
  mdns.on('query', query => {
    for (const question of query.questions) {
      const answers = records.filter(record => record.name === question.name && record.type === question.type)
      if (answers.length > 0) mdns.respond({ answers })
    }
  })
  end = () => mdns.respond({ answers: records.map(record => ({ ...record, ttl: 0 })) }, () => process.exit(0))
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
