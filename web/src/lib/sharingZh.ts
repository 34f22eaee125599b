export default {
  alone: '本机只有一位所有者,不需登录,可读写全部数据,因此没有申请与审批。',
  deployment: '部署({command})后:各机构用账号登录;数据表归机构所有,未经协议谁也读不到别人的数据;每次依协议读取都记录用途;管理员不能读数据,审计员不能写。',
  signOut: '退出登录', notYours: '此账号不能查看这个页面。可以查看:', roles: { viewer: '查看', analyst: '分析', steward: '数据管理', officer: '业务', auditor: '审计', admin: '管理员' },
  soon: '{n} 天后到期', left: '还有 {n} 天', all: '全部', columnsOf: '{n} 列', rowsOf: '{column}:{values}', key: '主键', none: '无', moreLess: '展开', close: '关闭',
  states: { requested: '待批', granted: '生效', ended: '到期', revoked: '已撤销', refused: '已拒绝' },
  steps: { requested: '申请', narrowed: '缩小范围', granted: '批准', refused: '拒绝', revoked: '撤销', expires: '提前到期' },
  acts: { narrow: '缩小范围', approve: '批准', refuse: '拒绝', revoke: '撤销', withdraw: '撤回', renew: '续期', expire: '提前到期' },
  fields: { table: '数据', giver: '提供方', reader: '使用方', columns: '列', rows: '行', purpose: '用途', since: '起始日', until: '截止日', term: '期限', onward: '转供', returns: '回流', state: '状态', renews: '续自', id: '编号', remark: '理由', value: '取值', requested: '申请', steps: '经过' },
  request: {
    title: '数据申请', ask: '申请数据', dataset: '数据集', choose: '请选择', owner: '归属:{body}', purposeExample: '如:编制通勤圈年度评估', allRows: '全部行', values: '取值,以逗号分隔', keyNote: '主键列总是可见',
    columnsLead: '只给出勾选的列', onwardExample: '不得转供;或写明对象', returnsExample: '如:每年3月底前回供评估结果', send: '提交申请', sent: '申请 {id} 已提交,等待{body}决定。', allColumns: '全选', noColumns: '全不选',
    none: '没有可申请的数据集:其他机构的数据表尚未登记归属(base dataset own)。', toDecide: '待我方决定', waiting: '我方已申请,待对方决定', noDecide: '没有待决定的申请。', noWaiting: '没有等待中的申请。', noGrant: '此账号不能申请或审批;需要数据管理或业务角色。',
    asks: '申请', decide: '决定', narrowTitle: '缩小申请 {id} 的范围', narrowLead: '可减少列、减少行、缩短期限;不能超出所申请的范围。', narrowed: '已缩小。批准后按此生效。', sureApprove: '批准后,{reader}可在期限内读取“{name}”中所列各列。', sureRefuse: '拒绝{reader}读取“{name}”的申请。', sureRevoke: '撤销后立即停止读取,且不可恢复。', sureExpire: '提前到期后不能再延长;需要时另行续期申请。', sureRenew: '按原范围另行申请一个期限,由提供方重新决定。', why: '理由(可不填)', done: '已{what}。',
  },
  agreements: {
    title: '我的协议', received: '我方获得', given: '我方提供', both: '全部协议', noReceived: '还没有获得其他机构的数据。', noGiven: '还没有向其他机构提供数据。', noAll: '还没有协议。', state: '状态', open: '打开数据', detail: '协议 {id}', closed: '协议{state},数据已关闭。',
    data: '“{name}”按协议 {id} 可见的数据', recorded: '每次读取都记入审计,连同用途。', rows: '前 {n} 行', noRows: '协议范围内没有数据。', export: '导出 CSV', story: '在审计中查看', back: '回流约定', due: '到期提醒', soonLead: '{n} 份协议将在 {days} 天内到期', filter: '只看',
    before: '原申请:{what}', newEnd: '新的截止日 {day}', here: '看到的是 {columns};其余列为空,不在此列出。',
  },
  audit: {
    title: '审计', lead: '每一次更改、登录和依协议读取都在此,逐条以散列相连;谁持有链头,谁就能发现事后的改动。', verify: '核对', withHead: '用链头核对…', holds: '{n} 条记录前后相符。', reaches: '与第 {head} 条的链头相符。', signed: '会签:{bodies}', broken: '发现 {n} 处问题', export: '导出链头', sign: '会签链头…',
    signLead: '先核对本审计确实到达该链头,再由贵机构的私钥签署。私钥只在本浏览器内使用,不会上传。', headFile: '链头文件(JSON;不选则签当前链头)', keyFile: '私钥文件(PEM,Ed25519)', newKey: '新建私钥', keyMade: '已新建并下载,请妥善保管。', signNow: '签署并下载', noKey: '这不是可用的 Ed25519 私钥(PEM)。', noHead: '这不是导出的链头(JSON)。',
    fileName: '审计链头-{seq}.json', columns: { seq: '记录号', at: '时间', who: '账号', body: '机构', what: '所做', verb: '功能', door: '入口' }, since: '自', until: '至', who: '账号', verb: '功能', search: '含有', searchExample: '如协议编号', more: '更早的', newest: '最新的', none: '没有这样的记录。', total: '共 {n} 条', detail: '全部内容', csv: '导出 CSV',
    told: {
      read: '依协议 {agreement} 读取 {table},{rows} 行;用途:{purpose}', notKept: '第 {n} 条的更改未能保存', signed_in: '{who} 登录', failed: '{who} 登录失败', not_linked: '身份 {who} 未关联账号,未予登录', disabled: '身份 {who} 的账号已停用', stored: '写入 {tables}', written: '写入数据表 {tables}', other: '{text}',
      steps: { requested: '申请协议 {agreement}', narrowed: '缩小协议 {agreement}', granted: '批准协议 {agreement}', refused: '拒绝协议 {agreement}', revoked: '撤销协议 {agreement}', expires: '使协议 {agreement} 提前到期' },
    },
  },
  people: {
    title: '机构与账号', apart: '职责分离:管理员管理机构、账号与登录方式,但不能读取数据,也不能查看或改动审计;审计员只看审计,不能写。二者各自单独成账号。', tabs: { accounts: '账号', bodies: '机构', identities: '登录身份', tokens: '令牌' },
    account: '账号', name: '姓名或用途', body: '机构', rolesOf: '角色', state: '状态', active: '可用', disabled: '已停用', locked: '锁定至 {at}', made: '建立', create: '新建账号', save: '保存', change: '更改', disable: '停用', enable: '启用', reset: '重设密码', nameExample: '小写字母、数字、点、横线', noBody: '不属于机构',
    password: '账号 {account} 的新密码,只显示这一次:', copied: '抄好后关闭', sureDisable: '停用 {account}?所有浏览器立即退出,令牌失效。', sureReset: '为 {account} 重设密码?所有浏览器立即退出。', noAccounts: '还没有账号。先建一个管理员账号,再按机构建账号。',
    bodyId: '机构标识', zh: '中文名', en: '英文名', kind: '类型', join: '加入机构', joined: '后加入', own: '地区数据', kinds: { government: '政府', department: '部门', mechanism: '机制', enterprise: '企业', institute: '院所' }, accounts: '账号数', origin: '来自',
    identity: '身份', issuer: '签发方', subject: '主体标识', seen: '最近到来', waits: '待关联', link: '关联', unlink: '解除', linkedBy: '{by} 于 {at} 关联', noIdentities: '还没有人用统一身份认证来过。部署文件里写明签发方([openid])后,来过而未关联账号的身份会列在这里。', sureUnlink: '解除后,该身份不能再登录;其账号的所有浏览器立即退出。', chooseAccount: '选择账号',
    token: '令牌编号', label: '用途', ends: '到期', give: '发放令牌', days: '有效天数', revoke: '吊销', revoked: '已于 {at} 吊销', shown: '令牌,只显示这一次:', noTokens: '还没有令牌。令牌供传感器、脚本等机器使用。', sureRevoke: '吊销后立即失效。',
  },
}
