/** How sellers shorten words in chats, as `short=word`; a word that says little about a pose stands in search-words.ts. */
const SHORT = [
  'yg=yang dgn=dengan utk=untuk tgn=tangan blkg=belakang blkng=belakang dpn=depan smpg=samping sblh=sebelah ats=atas bwh=bawah',
  'kn=kanan kr=kiri org=orang tmn=teman jln=jalan ddk=duduk bdri=berdiri bdiri=berdiri lr=lari lht=lihat liat=lihat hdp=hadap',
  'ngeliat=lihat mkn=makan mnm=minum pgg=pegang pgng=pegang bw=bawa brg=barang bju=baju clna=celana sptu=sepatu spatu=sepatu',
  'krudung=kerudung jlbb=jilbab kcmt=kacamata hape=hp kpl=kepala rmbt=rambut mk=muka',
  'tsnym=senyum smyum=senyum fto=foto poto=foto ank=anak ortu=orang cwe=cewek cwo=cowok bpk=bapak ibuk=ibu ksh=kasih krm=kirim',
  'sblm=sebelum bgs=bagus cpt=cepat plg=pelanggan pmbeli=pembeli jempl=jempol mnta=minta bka=buka ttp=tutup ngasi=kasih ngadap=hadap',
  'pkt=paket prdk=produk ktk=kotak jl=jual jualn=jualan byr=bayar trs=terus lmpt=lompat tdr=tidur',
].flatMap((words) => words.split(' '))

const wordOf = new Map(SHORT.map((pair) => pair.split('=') as [string, string]))

/** A doubled word as chats write it: `malu2` is malu-malu, `jalan2an` jalan-jalanan. */
const TWICE = /^(\p{L}{3,})2(\p{L}*)$/u

/** The word that a chat's short form stands for; any other word as it is. */
export function unshortened(word: string): string {
  const said = TWICE.exec(word)
  const once = said ? `${said[1]}${said[2]}` : word
  return wordOf.get(once) ?? once
}
