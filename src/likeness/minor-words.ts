/**
 * What the words of an avatar are read for, in Indonesian and English: patterns over folded text whose numbers are digits
 * (age-numbers.ts). Every repetition in them has a bound, so none can take long.
 */

/** Children, as a word for people. */
const CHILDREN_EN = '(?:child|children|kids?|bab(?:y|ies)|toddlers?|infants?|newborns?|teens?|teenagers?)'
const CHILDREN_ID = '(?:anak(?:-anak| anak|2)?|bayi|balita|batita|remaja|abg|bocah|kanak-kanak)'
/** `anak kecil`, `anak perempuan`: which ones. */
const WHICH_ID = '(?: (?:kecil|perempuan|laki-laki|lelaki|sekolah|sd|smp|sma|tk|remaja|balita|muda))?'
const AGE = '(?<!\\d)(?:1[0-7]|\\d)(?!\\d)'
const YEARS = '(?:tahun|thn|th)\\b'
/** What makes of years a time that something took. */
const TOOK =
  '(?! (?:pengalaman|berpengalaman|be?kerja|berjualan|jualan|mengajar|menjadi|jadi|di\\b|sebagai|yang lalu|lalu|silam|terakhir|' +
  'menikah|berkari|dalam|menekuni|tinggal|merantau|usaha|berdagang|memasak|menjahit|membatik|bertani|melaut|mengabdi|lebih|ke atas|keatas))'
/** Words between a person and the age; these tell that it is none. */
const BETWEEN = '(?:(?!pengalaman|selama|sudah|telah|hampir|lebih|lama|usaha|toko|sejak)[a-z-]{1,20},? ){0,2}'
const PERSON_ID =
  '(?:gadis|wanita|perempuan|pria|laki-laki|lelaki|cowok?|cewek?|orang|putri|putra|model|anak|siswa|siswi|dia|ia|dara|pemuda|pemudi)'
const SCHOOL_ID = '(?:sd|smp|sma|smk|mts|slta|sltp|stm|tk|paud|sekolah dasar|sekolah menengah)'
const SCHOOL_EN = '(?:high|middle|primary|elementary|junior high|grade|secondary|nursery|pre)[ -]?school'

/** Taken away first: here such a word is a thing, a trade, a colour or an idiom, or names somebody else's age. */
export const HARMLESS: readonly string[] = [
  // Goods and shops for children.
  `\\b(?:baju|pakaian|busana|sepatu|sandal|tas|mainan|buku|cerita|dongeng|lagu|kaus|kaos|celana|gamis|mukena|topi|jilbab|hijab|popok|susu|makanan|perlengkapan|peralatan|produk|toko|butik|brand|merek|fashion|majalah|novel|film|kereta|kursi|sabun|minyak|bedak)(?: [a-z]{1,12})? ${CHILDREN_ID}${WHICH_ID}\\b`,
  `\\b(?:baby|kids?'?s?|children'?s|child|teen|toddler|infant|newborn)'? ?-?(?:clothes|clothing|wear|shoes?|shop|store|fashion|toys?|products?|brand|books?|apparel|boutique|food|formula|stroller|carrier|blanket|goods|magazine|furniture|collection|hospital|author|illustrator|ward|charity)\\b`,
  "\\bbaby[ -]?(?:blue|pink|yellow|green|face|faced|doll|bangs|hairs?|oil|powder|lotion|soft|steps|'?s breath|tee|boomers?|bump|shower|spa|grand|shark)\\b",
  '\\bkid[ -]?(?:leather|gloves?|skin|suede)\\b',
  '\\binner child\\b|\\bchild-?like (?:wonder|curiosity|joy|spirit|enthusiasm|humou?r)\\b',
  // Trades.
  `\\b(?:dokter|guru|psikolog|perawat|terapis|bidan|pengasuh|penulis|ilustrator|fotografer|konselor|pembina|penyuluh|pelatih|aktivis|pendongeng|spesialis|klinik|kesehatan|tumbuh kembang|hak|perlindungan|rumah|panti|taman|dunia)(?: (?:les|buku|cerita|baca|asuh|gigi|gizi|spesialis|untuk|sakit|bermain))? ${CHILDREN_ID}${WHICH_ID}\\b`,
  `\\b(?:guru|pengajar|kepala sekolah|lulusan|tamat(?:an)?|alumni|lulus|ijazah|teman|mantan (?:guru|siswa|siswi)|reuni|komite) (?:[a-z]{1,15} )?${SCHOOL_ID}\\b`,
  `\\b(?:mengajar|mengajari|guru|pengajar|melatih|kepada|untuk|bagi|para|membimbing|mendidik|membantu|menyayangi|sayang|suka|cinta|mencintai|peduli|sabar (?:dengan|menghadapi|pada)|dekat dengan|akrab dengan|disukai|ramah (?:pada|kepada|dengan))(?: pada| kepada| dengan| para)? (?:siswa|siswi|murid|pelajar|${CHILDREN_ID})(?:nya|-muridnya)?${WHICH_ID}\\b`,
  `\\b${SCHOOL_EN} (?:teacher|principal|graduate|counsell?or|coach|sweetheart|reunion|diploma)s?\\b|\\bkindergarten (?:teacher|principal)s?\\b`,
  '\\b(?:child|children|teen|infant|baby) ?-?(?:care|psychologist|psychiatrist|development|specialist|therapist|therapy|protection|rights|nutrition|health|advocate|minder|sitter|education)s?\\b',
  // Idioms.
  '\\banak (?:muda|buah|tangga|panah|perusahaan|sungai|kunci|sulung|bungsu|tunggal|tengah|pertama|kedua|ketiga|keempat|ke-?\\d|rantau|kos|kost|kosan|kuliah|kuliahan|kantoran|gaul|band|motor|senja|yatim)\\b',
  '\\bremaja (?:masjid|gereja)\\b|\\bjiwa (?:muda|remaja)\\b',
  '\\b(?:office|bad|pretty|bell|delivery|cow|tom|play|golden|home|poster)[ -]?boys?\\b|\\bboy ?(?:friend|band)s?\\b|\\bboy next door\\b',
  // Of somebody else, who is not in the picture.
  `\\b(?:mother|father|parent|mom|mum|dad|guardian|aunt|uncle|grand(?:mother|father|ma|pa|parent)|teacher|tutor|nanny|coach|godmother|midwife)s? (?:of|to|for) (?:[a-z0-9]{1,10} ){0,3}(?:${CHILDREN_EN}|boys?|girls?)\\b`,
  `\\b(?:good|great|patient|gentle|kind|works?|working|volunteers?|fun|warm) (?:with|to|for) (?:[a-z0-9]{1,10} ){0,2}${CHILDREN_EN}\\b`,
  `\\b(?:loves?|likes?|adores?|fond of|cares? for|teach(?:es|ing)?|has|have|having|rais(?:es|ed|ing)|helps?|supports?) (?:her |his |their )?(?:[a-z0-9]{1,10} ){0,2}${CHILDREN_EN}\\b`,
  `\\b(?:ibu|ayah|bapak|mama|papa|bunda|orang ?tua|nenek|kakek|wali|janda|duda|tante|paman)(?: (?:muda|rumah tangga|tunggal))? (?:dari |dengan |beranak |ber)?(?:\\d{1,2} |seorang |beberapa |para )?(?:orang )?(?:${CHILDREN_ID}${WHICH_ID}|putr[ai](?: kecil)?)\\b`,
  `\\b(?:punya|mempunyai|memiliki|dikaruniai|membesarkan|mengasuh|merawat|menyekolahkan|menafkahi) (?:\\d{1,2} |seorang |beberapa )?(?:orang )?(?:${CHILDREN_ID}${WHICH_ID}|putr[ai](?: kecil)?)\\b`,
  '\\banak dari (?:\\d{1,2} |seorang )?(?:bersaudara|petani|nelayan|pedagang|guru|pasangan|keluarga)\\b',
]

/** Of a story told: when the person was young, and children of the person. A picture of that would be refused. */
export const PAST: readonly string[] = [
  `\\b(?:sejak|semenjak|ketika|saat|waktu|pada|di|dari|mulai|semasa)(?: (?:ia|dia|masih|dirinya))?(?: masih)? (?:ber)?(?:usia|umur)(?:nya)?(?: baru| masih)? ${AGE}(?: ?${YEARS})?`,
  `\\b(?:sejak|semenjak|ketika|saat|waktu|masa|semasa|dari)(?: (?:ia|dia|masih|masa|duduk di|bangku|jadi|menjadi|seorang)){0,3} (?:kanak-kanak|remaja|bayi|balita|bocah|anak-anak|anak kecil|${SCHOOL_ID}|kelas \\d{1,2}(?: ${SCHOOL_ID})?|siswa|siswi|pelajar|murid)\\b`,
  `\\b(?:since|at|from|by|when)(?: (?:she|he|they|i)(?: was| were| turned)?)?(?: (?:the|an))?(?: age)?(?: of)? ${AGE}(?: years? old)?\\b`,
  `\\b(?:as|since (?:she|he|they|i) (?:was|were)|when (?:she|he|they|i) (?:was|were))(?: still)? an? (?:small |little |young )?(?:${CHILDREN_EN}|girl|boy|schoolgirl|schoolboy)\\b`,
  '\\b(?:her|his|their|my) (?:childhood|teenage years)\\b|\\bsince childhood\\b',
  `\\b(?:anak(?:-anak)?|putra|putri|cucu|murid(?:-murid)?|adik)nya (?:yang )?(?:masih )?(?:(?:ber)?(?:usia|umur) )?(?:${AGE} ?${YEARS}|balita|bayi|remaja)`,
  `\\b(?:her|his|their|my) (?:[a-z0-9-]{1,12} ){0,2}(?:${CHILDREN_EN}|boys?|girls?|pupils?)\\b`,
]

/** What is left and means a person under 18. */
export const MINOR: readonly string[] = [
  // Words.
  `\\b${CHILDREN_EN}\\b|\\b(?:teenaged?|pre-?teens?|tweens?|adolescents?|juveniles?|under-?age[d]?|kiddos?|schoolgirls?|schoolboys?|school ?kids?|child-?like|lolitas?|lolis?|shotas?|kindergart(?:e?ners?|en (?:student|kid|girl|boy)))\\b`,
  '\\bboys?\\b|\\b(?:little|small|young|tiny|school) girls?\\b|\\bschool[ -]?(?:girl|boy|uniform|pupil|age|aged)s?\\b',
  `\\b${SCHOOL_EN}(?:ers?| (?:student|girl|pupil|senior|freshman|sophomore|junior|cheerleader|uniform|age)s?)\\b|\\b\\d{1,2}(?:st|nd|rd|th)[ -]grade(?:r|rs)?\\b`,
  '\\b(?:is|as) a minor\\b|\\ba minor(?=[.,;!]|$)|\\bminors\\b|\\bsweet (?:16|17|sixteen|seventeen)\\b|\\bin (?:her|his|their|my) (?:early |late |mid |mid-)?teens\\b',
  '\\b(?:bayi|balita|batita|bocah|bocil|abg|remaja|orok|kanak-kanak|praremaja)\\b|\\b(?:di ?bawah|dibawah) umur\\b|\\b(?:gadis|putri|putra|cowok|cewek|perempuan|laki-laki|pangeran) (?:kecil|cilik|belia|ingusan)\\b|\\b(?:usia|muda|masih) belia\\b',
  `\\banak(?:-anak| anak|2)\\b|\\banak (?:kecil|cilik|imut|lucu|mungil|baru lahir|sekolah|perempuan|laki|lelaki|cowok?|cewek?|gadis|balita|belasan|indonesia|dengan|berambut|memakai|pakai|mengenakan|bermain|tersenyum|yang|manis|kampung kecil|(?:ber)?(?:usia|umur)|di ?bawah|${AGE} ?${YEARS}|${SCHOOL_ID})\\b`,
  '\\bseorang anak\\b|\\b(?:model|wajah|muka|tubuh|badan|foto|potret|karakter|avatar|sosok|seperti) anak(?=[.,;!]|$)|^anak(?=[.,;!]|$)',
  `\\b(?:siswa|siswi|pelajar|murid)\\b|\\b(?:seragam|kelas(?: \\d{1,2})?|masih|bersekolah di|sekolah di) (?:sekolah|putih abu-abu|putih biru|putih merah|pramuka|${SCHOOL_ID})\\b`,
  `\\b(?:${PERSON_ID}|usia|umur|berseragam) ${SCHOOL_ID}\\b|\\bkelas (?:[1-9]|1[0-2])(?=[.,;!]|$)|\\bpramuka (?:siaga|penggalang)\\b|\\b(?:dek|dedek|adik|adek) kecil\\b|\\banak baru ge?de\\b`,
  `\\bstudents? (?:of|at|in) (?:an? )?${SCHOOL_EN}\\b|^minor(?=[.,;!]|$)`,
  // Ages.
  `\\b(?:girl|woman|female|man|male|guy|lady|model|${PERSON_ID})(?:,? | of | at )${AGE}(?= ?(?:[.,;!]|$))|\\blooks? (?:like )?(?:only |about |around )?${AGE}(?= ?(?:[.,;!]|$|years? old))`,
  `${AGE}[ -]{0,2}(?:years?|yrs?|y)[ -]{0,2}old\\b|${AGE} ?-?(?:yo|y/o|y\\.o\\.?)(?![a-z])|${AGE} (?:years|yrs) of age\\b|\\b\\d{1,3}[ -](?:months?|weeks?|days?)[ -]old\\b`,
  `\\bage[d]?(?: is| of)?[ :=]{1,3}(?:about |around |only |just |under |approximately )?${AGE}(?! (?:years|yrs) (?:of exp|in))`,
  `\\b(?:turns|turned|turning) ${AGE}(?! (?:heads?|hours|minutes))|\\b(?:under|below|younger than) (?:the age of )?1[2-8](?= ?(?:$|[.,;)!]|years|yrs|yo))`,
  `\\b(?:she|he|they|i|who)(?: is| are| am|'s|'m|'re) (?:only |just |about |barely )?${AGE}(?= ?(?:$|[.,;!)]|and|with|years? old))`,
  `\\b(?:ber)?(?:usia|umur)(?:nya)?(?: ?[:=]| adalah| sekitar| kira-kira| baru| masih| hanya| cuma| antara| di bawah| dibawah| kurang dari| menginjak| memasuki){0,3} ?${AGE}(?: ?(?:-|sampai|hingga) ?\\d{1,2})?(?! (?:bulan|minggu) (?:menikah|usaha))`,
  `\\b(?:usia|umur) belasan\\b|\\b${PERSON_ID} belasan tahun\\b|\\b${PERSON_ID} ${BETWEEN}${AGE} ?(?:${YEARS}|tahunan\\b)${TOOK}|(?:^|[,;.] ?)${AGE} ?${YEARS}${TOOK}`,
  `\\b(?:di bawah|dibawah|kurang dari|belum|belum genap|belum sampai) (?:umur |usia )?(?<!\\d)(?:1[0-8]|\\d)(?!\\d) ?${YEARS}${TOOK}`,
]
