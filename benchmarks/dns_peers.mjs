// How long npm's dns-packet, the codec of multicast-dns and bonjour-service, takes to read and to write a message.
//
//   node dns_peers.mjs FOLDER HEX
//
// FOLDER is the one whose node_modules holds the package. Prints the microseconds of the best of several rounds: "parse build".
import { createRequire } from 'node:module'
import path from 'node:path'

const [folder, hex] = process.argv.slice(2)
const packet = createRequire(path.join(folder, 'package.json'))('dns-packet')
const rounds = 20
const calls = 2000

function best (work) {
  let result = Infinity
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint()
    for (let call = 0; call < calls; call++) work()
    result = Math.min(result, Number(process.hrtime.bigint() - start) / calls / 1000)
  }
  return result
}

const data = Buffer.from(hex, 'hex')
const message = packet.decode(data)
if (message.answers.length !== 10) throw new Error(`it reads ${message.answers.length} records`)
console.log(`${best(() => packet.decode(data)).toFixed(2)} ${best(() => packet.encode(message)).toFixed(2)}`)
