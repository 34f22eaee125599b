/** Countersigning in the browser: a body's key signs here and goes nowhere. */

import type { Head } from './sharing'

const MARK = /-----(?:BEGIN|END) PRIVATE KEY-----|\s/g
const bytesOf = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))

/** A new key as PEM (PKCS #8), as the command line writes one. */
export async function newKey(): Promise<string> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const made = base64(new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)))
  return `-----BEGIN PRIVATE KEY-----\n${made}\n-----END PRIVATE KEY-----\n`
}

/** The head with the signature of a body, in place of one that it gave before; throws if the PEM holds no such key. */
export async function countersigned(head: Head, body: string, toSign: string, pem: string): Promise<Head> {
  const key = await crypto.subtle.importKey('pkcs8', bytesOf(pem.replace(MARK, '')), 'Ed25519', true, ['sign'])
  const signature = base64(new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytesOf(toSign))))
  const { x } = await crypto.subtle.exportKey('jwk', key)
  const public_key = base64(bytesOf((x ?? '').replaceAll('-', '+').replaceAll('_', '/').padEnd(44, '=')))
  return { ...head, signatures: [...head.signatures.filter((one) => one.body !== body), { body, public_key, signature }] }
}
