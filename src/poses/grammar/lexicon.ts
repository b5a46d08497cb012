// Words of body language, Indonesian and English, by what they mean. A phrase of several words wins over its words.
// Stems are enough: words.ts knows the affixes of both languages.

/** What a word can be in a clause. */
export type Kind =
  /** L, R, B (both), one, other. */
  | 'side'
  /** hand, leg, head, shoulder or body as the one that does something. */
  | 'part'
  /** Where a hand is. */
  | 'place'
  /** What is done, by whatever part. */
  | 'act'
  | 'dir'
  | 'stance'
  /** What one sits, lies or leans on. */
  | 'ground'
  | 'view'
  | 'framing'
  | 'object'
  | 'not'
  /** The next side is a direction. */
  | 'to'
  /** Sounds like a body and is none. */
  | 'nothing'

const LEXICON: Record<Kind, Record<string, string>> = {
  side: {
    L: 'kiri,kri,left',
    R: 'kanan,knn,right',
    B: 'kedua,dua,keduanya,dua duanya,both,two',
    one: 'satu,sebelah,salah satu,one,single',
    other: 'satunya,satunya lagi,satu lagi,yang lain,lainnya,lain,other',
  },
  part: {
    hand: 'tangan,tgn,lengan,jari,hand,arm,finger,palm,telapak,telapak tangan',
    hands: 'hands,arms,palms,fingers',
    leg: 'kaki,lutut ditekuk,leg,foot,feet,knee bent',
    head: 'kepala,muka,wajah,head,face',
    chin: 'dagu,chin',
    shoulder: 'bahu,pundak,shoulder',
    body: 'badan,tubuh,torso,body,upper body',
    knee: 'lutut,knee',
  },
  place: {
    hip: 'pinggang,pinggul,hip,waist',
    pocket: 'saku,kantong,kantung,saku celana,kantong celana,pocket,trouser pocket,pants pocket',
    jacketPocket: 'saku jaket,jacket pocket',
    backPocket: 'saku belakang,kantong belakang,back pocket',
    chest: 'dada,depan dada,setinggi dada,chest,front of chest,chest height,in front of chest,bosom',
    heart: 'jantung,on heart,over heart,di hati',
    cheek: 'pipi,cheek',
    behindHead: 'belakang kepala,behind head,back of head,behind neck,belakang leher,tengkuk',
    back: 'belakang punggung,belakang badan,belakang tubuh,balik punggung,punggung,behind back,behind body',
    overhead: 'atas kepala,overhead,over head,above head,on top of head,tinggi tinggi',
    face: 'samping wajah,samping muka,dekat wajah,dekat muka,sebelah wajah,beside face,next to face,near face,by face,side of face',
    front: 'depan,depan badan,front,in front,front of body',
    hair: 'rambut,hair,poni',
    hat: 'topi,peci,kopiah,hat,cap,brim',
    glasses: 'kacamata,glasses,sunglasses,eyeglasses',
    mouth: 'mulut,mouth,bibir,lips',
    ear: 'telinga,kuping,ear',
    eyes: 'mata,eyes,eye',
    thigh: 'paha,thigh,lap,pangkuan',
    sides: 'samping badan,samping tubuh,sides,at side,by side,sisi badan,sisi tubuh',
    palm: 'open palm,atas telapak,on palm,flat palm',
    sky: 'langit,sky,ceiling,langit langit',
  },
  act: {
    point: 'tunjuk,nunjuk,point',
    wave: 'lambai,dadah,dada dada,sapa,wave,greet,say hi,say hello',
    thumb: 'jempol,ibu jari,acung jempol,thumb up,thumbs up,thumb,thumbs',
    thumbDown: 'jempol ke bawah,thumbs down,thumb down',
    peace: 'peace,peace sign,v sign,dua jari,tanda peace,victory',
    okay: 'ok,oke,okay,ok sign',
    fingerHeart: 'finger heart,jari hati,saranghae,saranghaeyo,heart finger,love sign,finger love',
    heart: 'hati,bentuk hati,love,heart,heart shape',
    stop: 'stop,henti,berhenti',
    clap: 'tepuk,tepuk tangan,clap,applaud,applause',
    pray: 'doa,namaste,salam,sembah,pray,prayer,greeting palms,palms together',
    salute: 'hormat,salute',
    cross: 'silang,lipat,cross,fold',
    arms: 'sedekap,dekap tangan,arms crossed,arms folded,crossed arms,folded arms',
    akimbo: 'kacak pinggang,kacak,tolak pinggang,malang kerik,akimbo',
    raise: 'angkat,naik,acung,raise,lift,up in air,reach,julang',
    open: 'buka,bentang,rentang,terentang,lebar,buka lebar,spread,open,wide,apart,outstretched,wide apart',
    hug: 'peluk,meluk,dekap,rangkul,hug,embrace,cuddle',
    hold: 'pegang,megang,nenteng,unboxing,genggam,hold,grip,grab,carry,bawa,menjinjing,jinjing,tenteng,gendong,angkut,grasp,clutch',
    offer: 'sodor,serah,tawar,ulur,offer,give,hand over,extend,julur,berikan',
    present:
      'presentasi,tunjukin,nunjukin,pamerin,mempresentasikan,tampil,pamer,tunjukkan,menunjukkan,perlihat,present,show,showcase,display',
    touch: 'sentuh,nyentuh,benerin,usap,belai,benah,rapi,touch,adjust,fix,run through,tuck',
    rest: 'topang,nopang,naruh,tumpu,taruh,letak,masuk,simpan,rest,place,put,tempel,prop',
    call: 'telepon,nelpon,menelepon,telpon,call,phone to ear,on phone,talk on phone,hp di telinga,hp ke telinga,ponsel di telinga',
    usePhone: 'main hp,main ponsel,main handphone,scroll hp,using phone,use phone,texting',
    selfie: 'selfie,swafoto,selfi',
    shade: 'shade eyes,shield eyes,lindung mata,tutup silau,halau silau,shading eyes',
    think: 'pikir,mikir,think,thoughtful,ponder',
    shrug: 'shrug,angkat bahu,angkat kedua bahu,angkat pundak,mengangkat bahu',
    flex: 'otot,flex,muscle,kekar',
    fist: 'kepal,kepal tangan,fist,fist pump,tinju',
    hush: 'hush,shush,diam,be quiet',
    drink: 'minum,drink,sip,seruput,teguk',
    relax: 'relax,rileks,santai,lurus,turun,lepas,relaxed,lower,hang,loose',
    look: 'lihat,liat,liatin,pandang,tatap,toleh,tengok,noleh,look,gaze,stare,glance,lirik,watch,pandangan',
    headUp: 'dongak,tengadah',
    headDown: 'tunduk,nunduk',
    tilt: 'miring,tilt,teleng',
    lean: 'condong,lean,doyong',
    bend: 'bungkuk,bow,hunch,rukuk,bend forward,bend over',
    turn: 'putar,hadap,arah,turn,face,facing,rotate,balik,twist',
    bent: 'tekuk,bent,bend,lipat lutut',
    together: 'rapat,together,close together',
    tiptoe: 'jinjit,tiptoe,tip toe,tiptoes',
  },
  dir: {
    up: 'atas,up,upward,high,tinggi,skyward',
    down: 'bawah,down,downward',
    side: 'samping,pinggir,side,sideway,sideways,sisi,aside',
    forward: 'maju,forward,ahead,ke depan,to front',
    back: 'belakang,back,backward,backwards,mundur,behind',
    camera: 'kamera,camera,lens,lensa,viewer,penonton,pembeli,kearah kamera',
    self: 'diri,self,myself,herself,himself,diri sendiri',
    product: 'apa yang dipegang',
  },
  stance: {
    stand: 'berdiri,bediri,stand,standing,upright,tegak',
    sit: 'duduk,sit,seated,sat',
    legsOut: 'selonjor,selonjoran,kaki lurus ke depan,legs stretched out,legs straight out',
    crossLegged: 'sila,bersila,cross legged,crosslegged,lotus,duduk sila',
    squat: 'jongkok,squat,nongkrong',
    crouch: 'crouch',
    kneel: 'lutut di lantai,berlutut,kneel,bertekuk lutut,kneeling',
    walk: 'jalan,walk,stroll,langkah,step,stride,catwalk',
    run: 'lari,run,jog,sprint',
    jump: 'lompat,loncat,jump,leap,hop',
    lean: 'sandar,nyandar,nyender,senderan,lean against,lean on',
    lie: 'baring,rebah,rebahan,tidur,tiduran,telentang,lie,lying,laying,lie on back,lying on back',
    lieFront: 'tengkurap,telungkup,lie on stomach,lying on stomach,lie on front,lying on front,prone',
    lieSide: 'tidur miring,baring miring,lie on side,lying on side',
    lunge: 'lunge,kuda kuda',
  },
  ground: {
    floor: 'lantai,lesehan,tanah,floor,ground,rumput,grass,karpet,carpet,tikar',
    chair: 'kursi,chair,sofa,seat,bench,couch',
    stool: 'bangku,stool,bar stool,bangku tinggi',
    wall: 'dinding,tembok,wall,tiang,pillar',
  },
  view: {
    front: 'tampak depan,dari depan,front view,from front,frontal',
    threeQuarter: 'serong,tiga perempat,three quarter,three quarters,3 4,angled,diagonal,menyerong,three quarter view',
    side: 'menyamping,nyamping,side on,tampak samping,tampak dari samping,dari samping,profil,side view,from side,profile,profile view,side profile',
    behind:
      'away from camera,away from viewer,jauhi kamera,jauh dari kamera,tampak belakang,tampak dari belakang,dari belakang,membelakangi,membelakangi kamera,belakangi kamera,back view,from behind,from back,rear view,back to camera,facing away,faces away',
  },
  framing: {
    portrait: 'close up,closeup,headshot,potret wajah,wajah saja,close up wajah,head shot,head and shoulders',
    half: 'setengah badan,half body,waist up,setengah tubuh,separuh badan,medium shot,upper body only,half length',
    full: 'seluruh badan,seluruh tubuh,full body,whole body,full length,badan penuh,head to toe,satu badan',
  },
  object: {
    product: 'produk,product,barang,item,dagangan,sesuatu,benda,jualan',
    box: 'kotak,kardus,dus,paket,box,parcel,package,carton',
    gift: 'kado,hadiah,hampers,gift,present box',
    bottle: 'botol,botol minum,bottle,serum,parfum,perfume,skincare,lotion',
    cup: 'cangkir,gelas,gelas minum,kopi,mug,cup,coffee,tea,teh,minuman,drinks',
    bag: 'tas,tas tangan,bag,handbag,tote,tas belanja,shopping bag,koper',
    phone: 'hp,ponsel,handphone,phone,smartphone,gawai',
    laptop: 'laptop,notebook',
    book: 'buku,book,majalah,magazine,clipboard,dokumen',
    flower: 'bunga,buket,flower,flowers,bouquet',
    doll: 'boneka,bantal,doll,plush,pillow,teddy bear',
    plate: 'piring,nampan,plate,tray,makanan,food,mangkuk,bowl',
    microphone: 'mikrofon,mic,mik,microphone',
    clothes: 'baju,kain,kaos,shirt,dress,clothes,gaun,jaket,jacket',
    shoe: 'sepatu,sandal,shoe,shoes',
  },
  not: { not: 'tidak,tanpa,bukan,jangan,nggak,gak,not,without,no,never,dont' },
  nothing: {
    worn: 'lengan panjang,lengan pendek,long sleeve,short sleeve,kotak kotak,kemeja kotak,baju kotak,motif kotak,jam tangan,sarung tangan,wrist watch,watch,running shoes,sepatu lari,arm chair,hand made,hand bag strap',
    street: 'di jalan,pinggir jalan,jalan raya,tepi jalan,jalanan,side walk,run way',
    fashion: 'fashion show,hand cream,krim tangan,body lotion,body wash,face wash,face mask,head band,head scarf',
  },
  to: { to: 'ke,menuju,kearah,to,toward,towards,ke arah,ke sebelah' },
}

export type Entry = { kind: Kind; value: string; words: string[] }

/** Every phrase by its first word, longer phrases first. */
export const ENTRIES: ReadonlyMap<string, readonly Entry[]> = (() => {
  const byFirstWord = new Map<string, Entry[]>()
  for (const [kind, values] of Object.entries(LEXICON))
    for (const [value, phrases] of Object.entries(values))
      for (const phrase of phrases.split(',')) {
        const words = phrase.split(' ')
        const first = words[0] ?? ''
        byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), { kind: kind as Kind, value, words }])
      }
  for (const entries of byFirstWord.values()) entries.sort((a, b) => b.words.length - a.words.length)
  return byFirstWord
})()
