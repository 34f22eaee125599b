import { plan } from './plan.mjs'
import { faults, seen, browser } from './watched.mjs'
try { await plan() } catch (e) { faults.push(e.stack.slice(0,900)); for (const c of browser.contexts()) for (const p of c.pages()) await p.screenshot({path: '/tmp/webplan/play/failed.png'}) }
console.log(JSON.stringify({seen, faults}, null, 1)); await browser.close()
