import { createApp } from 'vue'
import { createI18n } from 'vue-i18n'
import { createRouter, createWebHistory } from 'vue-router'
import App from './App.vue'
import en from './lib/en'
import { firstLang } from './lib/view'
import zh from './lib/zh'
import './style.css'

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'map', component: () => import('./pages/RegionPage.vue') },
    { path: '/travel', name: 'travel', component: () => import('./pages/TravelPage.vue') },
    { path: '/matrix', name: 'matrix', component: () => import('./pages/MatrixPage.vue') },
    { path: '/structure', name: 'structure', component: () => import('./pages/StructurePage.vue') },
    { path: '/siting', name: 'siting', component: () => import('./pages/SitingPage.vue') },
    { path: '/industries', name: 'industries', component: () => import('./pages/IndustriesPage.vue') },
    { path: '/chains', name: 'chains', component: () => import('./pages/ChainsPage.vue') },
    { path: '/parks', name: 'parks', component: () => import('./pages/ParksPage.vue') },
    { path: '/linkages', name: 'linkages', component: () => import('./pages/LinkagesPage.vue') },
    { path: '/splits', name: 'splits', component: () => import('./pages/SplitsPage.vue') },
    { path: '/what-if', name: 'whatIf', component: () => import('./pages/WhatIfPage.vue') },
    { path: '/account', name: 'account', component: () => import('./pages/AccountPage.vue') },
    { path: '/flows', name: 'flows', component: () => import('./pages/FlowsPage.vue') },
    { path: '/episodes', name: 'episodes', component: () => import('./pages/EpisodesPage.vue') },
    { path: '/co-control', name: 'coControl', component: () => import('./pages/CoControlPage.vue') },
    { path: '/quotas', name: 'quotas', component: () => import('./pages/QuotaPage.vue') },
    { path: '/targets', name: 'targets', component: () => import('./pages/TargetsPage.vue') },
    { path: '/reconcile', name: 'reconcile', component: () => import('./pages/ReconcilePage.vue') },
    { path: '/clauses', name: 'clauses', component: () => import('./pages/ClausesPage.vue') },
    { path: '/binding', name: 'binding', component: () => import('./pages/BindingPage.vue') },
    { path: '/contradictions', name: 'contradictions', component: () => import('./pages/ContradictionsPage.vue') },
    { path: '/align', name: 'align', component: () => import('./pages/AlignPage.vue') },
    { path: '/policies', name: 'policies', component: () => import('./pages/PoliciesPage.vue') },
    { path: '/reforms', name: 'reforms', component: () => import('./pages/ReformsPage.vue') },
    { path: '/review', name: 'review', component: () => import('./pages/ReviewPage.vue') },
    { path: '/tasks', name: 'tasks', component: () => import('./pages/TasksPage.vue') },
    { path: '/meetings', name: 'meetings', component: () => import('./pages/MeetingsPage.vue') },
    { path: '/market', name: 'market', component: () => import('./pages/MarketPage.vue') },
    { path: '/bookings', name: 'bookings', component: () => import('./pages/BookingPage.vue') },
    { path: '/vouchers', name: 'vouchers', component: () => import('./pages/VoucherPage.vue') },
    { path: '/contracts', name: 'contracts', component: () => import('./pages/ContractPage.vue') },
    { path: '/ledger', name: 'ledger', component: () => import('./pages/LedgerPage.vue') },
    { path: '/netting', name: 'netting', component: () => import('./pages/NettingPage.vue') },
    { path: '/report', name: 'report', component: () => import('./pages/ReportPage.vue') },
    { path: '/data', name: 'data', component: () => import('./pages/DataPage.vue') },
    // These show no region and are there for accounts that may read none.
    { path: '/requests', name: 'requests', meta: { alone: true }, component: () => import('./pages/RequestsPage.vue') },
    { path: '/agreements', name: 'agreements', meta: { alone: true }, component: () => import('./pages/AgreementsPage.vue') },
    { path: '/audit', name: 'audit', meta: { alone: true }, component: () => import('./pages/AuditPage.vue') },
    { path: '/people', name: 'people', meta: { alone: true }, component: () => import('./pages/PeoplePage.vue') },
    { path: '/incidents', name: 'incidents', component: () => import('./pages/IncidentsPage.vue') },
    { path: '/sensors', name: 'sensors', component: () => import('./pages/SensorsPage.vue') },
    { path: '/board', name: 'board', component: () => import('./pages/BoardPage.vue') },
    { path: '/connect', name: 'connect', component: () => import('./pages/ConnectPage.vue') },
    { path: '/branch', name: 'branch', component: () => import('./pages/BranchPage.vue') },
    { path: '/verbs/:part?/:verb?', name: 'verbs', component: () => import('./pages/VerbsPage.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})
const i18n = createI18n({ legacy: false, locale: firstLang(), fallbackLocale: 'en', messages: { zh, en } })

const app = createApp(App).use(router).use(i18n)
// Not before the address is read: else the first answers come in the wrong language.
void router.isReady().then(() => app.mount('#app'))
