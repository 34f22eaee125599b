/** 值守各页的用语。 */
export default {
  incidents: '联动事件', lead: '预警规则达到界限即立案,按联动预案通知各机构、派发任务;谁已确认、谁逾期、还有什么没办,都在这里,随时更新。',
  live: '实时', lost: '连接中断,正在重连', raise: '发起事件或演练', drill: '演练', real: '实战', all: '全部', open: '处置中', closed: '已关闭', kind: '类别', state: '状态',
  noneYet: '还没有事件。', howTo: '要让读数自动立案:在数据表 protocol、protocol_step 写入联动预案,再在“感知终端”页新增规则并选定预案。', protocolTable: '写入数据表', noProtocol: '本地区还没有联动预案。', examplePut: '写入示例演练预案', exampleHelp: '写入一份演练预案 drill-example:通知发生地的各级机构,30 分钟内确认;可随时用 base undo 撤回。',
  exampleStep: '演练:请确认收到', exampleTask: '演练:报告值班人数', exampleName: '演练预案(示例)',
  columns: { incident: '编号', name: '名称', level: '级别', place: '地点', raised: '发布', told: '确认/通知', overdue: '逾期', tasks: '未办任务', state: '状态' },
  form: { name: '名称', en: '英文名', place: '地点', level: '级别', protocol: '预案', drill: '只是演练', placeHelp: '区划代码或地点标识' },
  levels: { red: '红', orange: '橙', yellow: '黄', blue: '蓝' },
  notices: '通知与确认', tasks: '任务', log: '日志', downstream: '下游', around: '周边可用力量', acknowledge: '确认', acknowledged: '已确认', took: '{n} 分钟', late: '逾期', waiting: '待确认', due: '应于 {at} 前', from: '由 {name} 升级', done: '办结', drop: '终止', addTask: '加派任务', body: '机构', what: '内容', minutes: '时限(分钟)', give: '派发', close: '关闭事件', asReal: '属实', asFalse: '误报', note: '记录', addNote: '写入日志', safe: '读数已于 {at} 回到安全一侧', begun: '开始 {at}', trigger: '触发读数 {value} {unit}', expected: '预计 {at} 到达', ready: '{n} 分钟可用', capacity: '容纳 {n} {unit}', reach: '{n} 分钟内', noDownstream: '没有登记下游关系(数据表 downstream)', nobody: '没有通知任何机构', byHand: '人工发起', board: '事件看板',
  sensors: '感知终端', sensorsLead: '各终端归谁、覆盖多大、最近读数如何、缺了多少、迟了多久。三个间隔没有读数即为失联。', silentOnly: '只看失联', sensesAll: '全部感知内容', noSensors: '本地区还没有感知终端。', sensorsHow: '经 SensorThings、MQTT 写入读数,或在数据表 sensing_terminal 登记终端:', toConnect: '连接地址', mapLabel: '感知终端地图;数值另见表格', lastDays: '最近 {n} 天', until: '截至 {at}',
  sensorColumns: { name: '终端', owner: '管理单位', senses: '感知内容', course: '走势', latest: '最近读数', last: '时间', gaps: '中断', lacking: '缺数', disorder: '乱序', latency: '延迟(分钟)', state: '状态' }, silentWord: '失联', heard: '正常', untold: '未注明', cover: '各类覆盖', coverColumns: { senses: '感知内容', terminals: '终端', silent: '失联', owner: '未注明归属', km2: '覆盖(平方公里)' },
  boardTitle: '看板', boards: '全部看板', boardLead: '看板由图块组成,每块是一项功能的实时回答,点“出处”看它怎么问出来的。把地址发给同事,看到的是同一块看板。', newBoard: '新建看板', boardId: '标识(小写字母、数字、连字符)', boardName: '标题', create: '建立', edit: '编辑', save: '保存', stopEdit: '放弃修改', removeBoard: '删除看板', noBoards: '还没有看板。', version: '第 {n} 版', addTile: '添加图块', removeTile: '移除', up: '前移', down: '后移', lineage: '出处', verb: '功能', ask: '问法(JSON)', shownAs: '显示为', shown: { figure: '数字', table: '表格', line: '折线', bars: '条形' }, field: '取字段', cols: '列(逗号分隔)', width: '宽度', every: '刷新(秒)', title: '标题(可空)', apply: '放入看板', notJson: '问法不是 JSON 对象', asked: '问于 {at}', again: '立即刷新', sources: '来源', noSources: '回答中没有写明来源', command: '命令行', toVerb: '打开该功能', nothing: '回答里没有可显示的内容', changed: '有未保存的修改', copied: '已复制', copy: '复制地址',
  connect: '连接', connectLead: '同一个地区,任何会说这些标准的程序都能读写。以下地址可直接复制;链接随当前地区和语言。', program: '程序', doWhat: '做法', address: '地址或代码', copyOne: '复制', collection: '图层', connectNote: '需要登录的服务:在程序里带上令牌(Authorization: Bearer),令牌由 base token 发给账号。',
  how: { qgis: '图层 › 添加图层 › 添加 WFS / OGC API - Features 图层 › 新建,填入网址', qgisTiles: '图层 › 添加图层 › 添加矢量切片图层 › 新建通用连接,级别 0 至 14', qgisFile: '直接拖入 QGIS', excel: '数据 › 自网站,粘贴网址;表格为带 BOM 的 CSV', excelJson: '数据 › 自 JSON', geopandas: 'Python:GeoPandas 读图层', pandas: 'Python:功能的回答读成表格', duckdb: 'DuckDB:先下载 GeoParquet 再查询', sdmx: '时间序列(SDMX-CSV);*.*.* 可换成 频率.地点.指标,如 A.*.*', sta: '传感器网关、SensorThings 客户端', mqtt: '经 MQTT:在服务器上运行', dcat: '目录采集(DCAT)' },
  rule: {
    title: '预警规则', lead: '以何判据对照读数,触发后启动何种联动预案。保存后立即生效。', add: '新增规则', save: '保存', end: '停用', none: '目前没有生效的规则。', id: '标识(小写字母、数字、连字符)', kind: '判据', indicator: '指标', area: '区域', sense: '何者为险', above: '偏高', below: '偏低',
    kinds: { threshold: '超限:读数本身', rate: '变幅:变化多快', absence: '缺数:没有读数', area: '区域:超限地点的占比', upstream: '上游来水:读数,并告知下游' },
    help: { threshold: '读数达到界限即发布。', rate: '时间窗内变化达到此值即发布;以偏低为险时看下降。', absence: '多少分钟没有读数即发布,收到下一个读数即解除。', area: '区域内达到单点界限的地点占比达到此值即发布。', upstream: '同超限;并按到达时间告知下游各地(数据表downstream)。' },
    raiseAt: '发布界限', clearAt: '解除界限(在安全一侧;不填则同发布界限)', clearHelp: '解除界限略低(或略高)于发布界限,可避免读数在界限上下波动时反复预警。', silentFor: '没有读数达到', eachAt: '单点界限(指标的计量单位)', hold: '至少持续(分钟)', window: '时间窗(分钟)', minutes: '分钟', onlyTold: '无:只提示', source: '规则由谁制定(来源)', placeHelp: '不填:所有有此读数的地点', ended: '已停用',
    columns: { name: '规则', kind: '判据', indicator: '指标', place: '地点', level: '级别', bounds: '发布/解除', protocol: '联动预案', since: '生效日期', act: '' }, everywhere: '所有地点',
  },
}
