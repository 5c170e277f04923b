/**
 * Every sentence of the page, in every language that it speaks. `{name}` is filled in; a text with
 * `one` and `other` is chosen by the number `{n}`.
 */

export type Language = "en" | "id";

export type Text = string | { one: string; other: string };

export const languageNames: Record<Language, string> = { en: "English", id: "Bahasa Indonesia" };

export const catalogue = {
  // Places
  "nav.main": { en: "Main", id: "Utama" },
  "nav.skip": { en: "Skip to the pictures", id: "Lompat ke gambar" },
  "nav.home": { en: "Home", id: "Beranda" },
  "nav.explore": { en: "Explore", id: "Jelajah" },
  "nav.profile": { en: "Profile", id: "Profil" },
  "nav.settings": { en: "Settings", id: "Setelan" },
  "nav.paint": { en: "Paint", id: "Lukis" },
  "nav.painting": { en: "Paint: a picture is forming", id: "Lukis: gambar sedang terbentuk" },
  "nav.signIn": { en: "Sign in", id: "Masuk" },
  "nav.signUp": { en: "Sign up", id: "Daftar" },
  "nav.back": { en: "Back", id: "Kembali" },
  "nav.keyboard": { en: "Keyboard shortcuts", id: "Pintasan papan ketik" },

  // Connection
  "connection.live": { en: "Live", id: "Tersambung" },
  "connection.catching_up": { en: "Catching up", id: "Menyambung" },
  "connection.offline": { en: "Offline", id: "Terputus" },

  // Welcome
  "welcome.title": { en: "Write it. Watch it form.", id: "Tulis. Lihat lukisannya terbentuk." },
  "welcome.text": {
    en: "Kanvas is a gallery that is alive: you paint with words, and the people who follow you see it the moment you hang it.",
    id: "Kanvas adalah galeri yang hidup: Anda melukis dengan kata-kata, dan pengikut Anda melihatnya saat Anda memajangnya.",
  },
  "welcome.signUp": { en: "Make an account", id: "Buat akun" },
  "welcome.now": { en: "On the walls right now", id: "Terpajang saat ini" },

  // Feeds
  "home.title": { en: "Home", id: "Beranda" },
  "home.empty.title": { en: "Your wall is still bare", id: "Dinding Anda masih kosong" },
  "home.empty.text": {
    en: "Paint something, or follow a few people: what they hang appears here by itself.",
    id: "Lukis sesuatu, atau ikuti beberapa orang: karya mereka akan muncul di sini dengan sendirinya.",
  },
  "home.empty.explore": { en: "See who is painting", id: "Lihat siapa yang melukis" },
  "explore.title": { en: "Explore", id: "Jelajah" },
  "explore.people": { en: "People to follow", id: "Orang untuk diikuti" },
  "explore.empty.title": { en: "Nothing hangs here yet", id: "Belum ada yang terpajang" },
  "explore.empty.text": {
    en: "Be the first: write what you would like to see, and hang it for everyone.",
    id: "Jadilah yang pertama: tulis apa yang ingin Anda lihat, lalu pajang untuk semua orang.",
  },
  "tag.empty.title": {
    en: "Nothing hangs under #{name} yet",
    id: "Belum ada yang terpajang di #{name}",
  },
  "tag.empty.text": {
    en: "Write #{name} under a picture, and hang it for everyone: it appears here.",
    id: "Tulis #{name} di bawah sebuah gambar, lalu pajang untuk semua orang: gambar itu muncul di sini.",
  },
  "feed.label": { en: "Pictures, newest first", id: "Gambar, terbaru dahulu" },
  "feed.new": { en: { one: "{n} new", other: "{n} new" }, id: "{n} baru" },
  "feed.end": { en: "That was everything.", id: "Sudah semuanya." },
  "feed.more.failed": { en: "Load more", id: "Muat lagi" },
  "feed.loading": { en: "Loading pictures", id: "Memuat gambar" },
  "people.loading": { en: "Loading people", id: "Memuat daftar orang" },
  "feed.failed": { en: "This wall could not be loaded.", id: "Dinding ini tidak dapat dimuat." },
  "action.retry": { en: "Try again", id: "Coba lagi" },
  "action.close": { en: "Close", id: "Tutup" },
  "action.cancel": { en: "Cancel", id: "Batal" },
  "action.save": { en: "Save", id: "Simpan" },

  // Posts
  "post.by": { en: "By {name}", id: "Oleh {name}" },
  "post.open": { en: "Picture by {name}: {alt}", id: "Gambar oleh {name}: {alt}" },
  "post.removed": { en: "Taken down", id: "Diturunkan" },
  "post.gone.title": { en: "This picture is not here", id: "Gambar ini tidak ada" },
  "post.gone.text": {
    en: "It was taken down, or it is not for you to see.",
    id: "Gambar ini sudah diturunkan, atau bukan untuk Anda lihat.",
  },
  "post.like": { en: "Like", id: "Suka" },
  "post.unlike": { en: "Take the like back", id: "Batalkan suka" },
  "post.likes": { en: { one: "{n} like", other: "{n} likes" }, id: "{n} suka" },
  "post.delete": { en: "Take down", id: "Turunkan" },
  "post.delete.title": { en: "Take this picture down?", id: "Turunkan gambar ini?" },
  "post.delete.text": {
    en: "It disappears from every open screen at once and cannot be put back.",
    id: "Gambar langsung hilang dari semua layar dan tidak dapat dikembalikan.",
  },
  "post.deleted": { en: "Taken down.", id: "Sudah diturunkan." },
  "post.prompt": { en: "Painted from", id: "Dilukis dari" },
  "post.alt": { en: "Description", id: "Deskripsi" },
  "post.how": { en: "How it was made", id: "Cara pembuatannya" },
  "post.forFollowers": { en: "Followers only", id: "Khusus pengikut" },
  "post.tryPrompt": { en: "Paint from these words", id: "Lukis dari kata-kata ini" },
  "post.uses": { en: "May be used for", id: "Boleh dipakai untuk" },
  "post.uses.none": { en: "being looked at, nothing else", id: "dilihat saja" },
  "post.uses.train": { en: "training AI", id: "melatih AI" },
  "post.uses.embed": { en: "search", id: "pencarian" },
  "post.uses.recommend": { en: "recommendations", id: "rekomendasi" },

  // Provenance
  "provenance.model": { en: "Painter", id: "Pelukis" },
  "provenance.seed": { en: "Random number", id: "Nomor acak" },
  "provenance.size": { en: "Size", id: "Ukuran" },
  "provenance.composed": {
    en: "Arranges and relights openly licensed drawings; not generative AI.",
    id: "Menyusun gambar berlisensi terbuka dan mengatur cahayanya; bukan AI generatif.",
  },
  "provenance.generative": {
    en: "Painted by a generative network.",
    id: "Dilukis oleh jaringan generatif.",
  },
  "provenance.substituted": { en: "Not as asked", id: "Tidak sesuai permintaan" },
  "provenance.leftOut": { en: "left out", id: "tidak digambar" },
  "provenance.keptOut": { en: "kept out", id: "dihindari" },
  "provenance.emptyScene": { en: "an empty scene", id: "pemandangan kosong" },

  // People
  "profile.follow": { en: "Follow", id: "Ikuti" },
  "profile.following": { en: "Following", id: "Mengikuti" },
  "profile.unfollow": { en: "Unfollow", id: "Berhenti mengikuti" },
  "profile.followsYou": { en: "Follows you", id: "Mengikuti Anda" },
  "profile.block": { en: "Block", id: "Blokir" },
  "profile.unblock": { en: "Unblock", id: "Buka blokir" },
  "profile.block.title": { en: "Block {name}?", id: "Blokir {name}?" },
  "profile.block.text": {
    en: "Neither of you sees the other's pictures any more, and follows between you end.",
    id: "Anda berdua tidak lagi dapat melihat gambar satu sama lain, dan tidak lagi saling mengikuti.",
  },
  "profile.block.follows": {
    en: "Blocked. You do not see each other here any more. It takes a little longer until that holds everywhere.",
    id: "Diblokir. Di sini Anda berdua tidak lagi saling melihat. Perlu sedikit waktu hingga ini berlaku di semua tempat.",
  },
  "profile.blocked": {
    en: "You block {name}. Neither of you sees the other.",
    id: "Anda memblokir {name}. Anda berdua tidak saling melihat.",
  },
  "profile.hidden": {
    en: "You cannot see what {name} shows.",
    id: "Anda tidak dapat melihat karya {name}.",
  },
  "profile.followers": { en: { one: "{n} follower", other: "{n} followers" }, id: "{n} pengikut" },
  "profile.followingCount": { en: "{n} following", id: "{n} diikuti" },
  "profile.followers.title": { en: "Followers", id: "Pengikut" },
  "profile.following.title": { en: "Following", id: "Diikuti" },
  "profile.followers.empty": { en: "Nobody yet.", id: "Belum ada." },
  "profile.following.empty": { en: "Nobody yet.", id: "Belum ada." },
  "profile.unpublished": { en: "Pictures not published yet", id: "Gambar yang belum diterbitkan" },
  "profile.joined": { en: "Joined {date}", id: "Bergabung {date}" },
  "profile.edit": { en: "Edit profile", id: "Ubah profil" },
  "profile.empty": {
    en: "{name} has not hung anything yet.",
    id: "{name} belum memajang apa pun.",
  },
  "profile.empty.own": {
    en: "You have not hung anything yet. Paint something and see what forms.",
    id: "Anda belum memajang apa pun. Lukis sesuatu dan lihat apa yang terbentuk.",
  },
  "profile.missing.title": {
    en: "Nobody goes by that name",
    id: "Tidak ada pengguna dengan nama itu",
  },
  "profile.missing.text": {
    en: "Check the spelling of the handle in the address.",
    id: "Periksa ejaan nama pengguna pada alamat.",
  },

  // Painting
  "paint.prompt": { en: "What should be painted?", id: "Apa yang ingin dilukis?" },
  "paint.placeholder": { en: "A red fox in the snow…", id: "Rubah merah di tengah salju…" },
  "paint.empty": {
    en: "Write first what should be painted.",
    id: "Tulis dulu apa yang ingin dilukis.",
  },
  "paint.something": { en: "Paint something", id: "Lukis sesuatu" },
  "paint.submit": { en: "Paint", id: "Lukis" },
  "paint.options": { en: "Size, style and more", id: "Ukuran, gaya, dan lainnya" },
  "paint.model": { en: "Painter", id: "Pelukis" },
  "paint.model.collage": { en: "collage", id: "collage" },
  "paint.model.collage.statement": {
    en: "Arranges and relights openly licensed drawings; not generative AI.",
    id: "Menyusun gambar berlisensi terbuka dan mengatur cahayanya; bukan AI generatif.",
  },
  "paint.model.easel": { en: "easel (experimental)", id: "easel (eksperimental)" },
  "paint.model.easel.statement": {
    en: "Experimental: painted by a small generative network of ours, which has learned from pictures composed of openly licensed drawings.",
    id: "Eksperimental: dilukis oleh jaringan generatif kecil buatan kami, yang belajar dari susunan gambar berlisensi terbuka.",
  },
  "paint.size": { en: "Size", id: "Ukuran" },
  "paint.size.square": { en: "Square", id: "Persegi" },
  "paint.size.landscape": { en: "Landscape", id: "Mendatar" },
  "paint.size.portrait": { en: "Portrait", id: "Tegak" },
  "paint.style": { en: "Style", id: "Gaya" },
  "paint.style.auto": { en: "As the words say", id: "Sesuai kata-kata" },
  "paint.style.3d": { en: "3D", id: "3D" },
  "paint.style.flat": { en: "Flat", id: "Datar" },
  "paint.style.watercolor": { en: "Watercolor", id: "Cat air" },
  "paint.style.ink": { en: "Ink", id: "Tinta" },
  "paint.style.pixel": { en: "Pixels", id: "Piksel" },
  "paint.style.paper": { en: "Cut paper", id: "Potongan kertas" },
  "paint.steps": { en: "Steps of painting", id: "Langkah melukis" },
  "paint.steps.hint": {
    en: "In how many steps the picture forms. More take longer.",
    id: "Dalam berapa langkah gambar terbentuk. Makin banyak, makin lama.",
  },
  "paint.seed": { en: "Random number", id: "Nomor acak" },
  "paint.seed.new": { en: "New each time", id: "Baru setiap kali" },
  "paint.seed.hint": {
    en: "The same words with the same number give the same picture again.",
    id: "Kata yang sama dengan nomor yang sama menghasilkan gambar yang sama lagi.",
  },
  "paint.guidance": { en: "Closeness to the words", id: "Kedekatan dengan kata-kata" },
  "paint.guidance.hint": {
    en: "From 1 to 10. A higher number keeps closer to your words, and takes longer.",
    id: "Dari 1 sampai 10. Makin tinggi, makin dekat dengan kata-kata Anda, dan makin lama.",
  },
  "paint.negative": { en: "Leave out", id: "Hindari" },
  "paint.reset": { en: "Reset", id: "Atur ulang" },
  "paint.sending": { en: "Sending your words", id: "Mengirim kata-kata Anda" },
  "paint.next": { en: "Next in line", id: "Giliran berikutnya" },
  "paint.ahead": {
    en: { one: "{n} picture ahead of yours", other: "{n} pictures ahead of yours" },
    id: "{n} gambar sebelum milik Anda",
  },
  "paint.step": { en: "Step {step} of {of}", id: "Langkah {step} dari {of}" },
  "paint.starting": { en: "Starting", id: "Memulai" },
  "paint.again.attempt": {
    en: "The painter stopped; trying again (attempt {n})",
    id: "Pelukis berhenti; mencoba lagi (percobaan {n})",
  },
  "paint.done": { en: "Done in {seconds}", id: "Selesai dalam {seconds}" },
  "paint.canceled": { en: "Canceled.", id: "Dibatalkan." },
  "paint.failed": {
    en: "This could not be painted. Change the words or try again.",
    id: "Ini tidak dapat dilukis. Ubah kata-katanya atau coba lagi.",
  },
  "paint.failed.rejected": {
    en: "The painter cannot paint this. Change the words or the choices, then try again.",
    id: "Pelukis tidak dapat melukis ini. Ubah kata-kata atau pilihannya, lalu coba lagi.",
  },
  "paint.failed.exhausted": {
    en: "The painter broke down at this more than once. Try again.",
    id: "Pelukis gagal lebih dari sekali. Coba lagi.",
  },
  "paint.failed.of": { en: "Not painted: {prompt}", id: "Tidak jadi dilukis: {prompt}" },
  "paint.cancel": { en: "Cancel", id: "Batal" },
  "paint.again": { en: "Again", id: "Lukis lagi" },
  "paint.again.hint": { en: "Same words, another picture", id: "Kata sama, gambar lain" },
  "paint.edit": { en: "Edit words", id: "Ubah kata" },
  "paint.publish": { en: "Publish", id: "Terbitkan" },
  "paint.published": { en: "Published.", id: "Diterbitkan." },
  "paint.see": { en: "See it", id: "Lihat" },
  "paint.discard": { en: "Put away", id: "Singkirkan" },
  "paint.minimize": { en: "Make small", id: "Kecilkan" },
  "paint.maximize": { en: "Show the picture", id: "Tampilkan gambar" },
  "paint.unpublished": { en: "Not published yet", id: "Belum diterbitkan" },
  "paint.unpublished.failed": {
    en: "Your pictures that are not published yet could not be loaded.",
    id: "Gambar Anda yang belum diterbitkan tidak dapat dimuat.",
  },
  "paint.older": { en: "More", id: "Lainnya" },
  "paint.failed.kept": { en: "Kept until {date}.", id: "Disimpan sampai {date}." },
  "paint.kept": {
    en: "Not published yet. Kept until {date}.",
    id: "Belum diterbitkan. Disimpan sampai {date}.",
  },
  "paint.delete": { en: "Delete now", id: "Hapus sekarang" },
  "paint.delete.title": { en: "Delete this picture?", id: "Hapus gambar ini?" },
  "paint.delete.text": {
    en: "The picture and its words are deleted on every device, and cannot be brought back.",
    id: "Gambar dan kata-katanya dihapus di semua perangkat, dan tidak dapat dikembalikan.",
  },
  "paint.before": { en: "Before: {prompt}", id: "Sebelumnya: {prompt}" },
  "paint.bringBack": { en: "Bring back", id: "Kembalikan" },
  "paint.dropBefore": { en: "Do without", id: "Abaikan" },
  "paint.sheet": { en: "Paint", id: "Lukis" },
  "paint.signIn": { en: "Make an account to paint this", id: "Buat akun untuk melukis ini" },

  // Publishing
  "publish.title": { en: "Publish", id: "Terbitkan" },
  "publish.caption": { en: "Caption", id: "Keterangan" },
  "publish.caption.hint": { en: "What you want to say with it", id: "Yang ingin Anda sampaikan" },
  "publish.alt": { en: "What the picture shows", id: "Yang tampak pada gambar" },
  "publish.alt.hint": {
    en: "Read out to people who do not see it. Change it if the picture turned out otherwise.",
    id: "Dibacakan bagi yang tidak dapat melihatnya. Ubah bila gambarnya ternyata lain.",
  },
  "publish.visibility": { en: "Who sees it", id: "Siapa yang melihat" },
  "publish.visibility.public": { en: "Everyone", id: "Semua orang" },
  "publish.visibility.followers": { en: "Followers", id: "Pengikut" },
  "publish.uses": { en: "May also be used for", id: "Boleh juga dipakai untuk" },
  "publish.uses.hint": {
    en: "All off unless you say so.",
    id: "Semuanya mati, kecuali yang Anda izinkan.",
  },
  "publish.uses.train": { en: "Training AI", id: "Melatih AI" },
  "publish.uses.embed": { en: "Search by likeness", id: "Pencarian gambar serupa" },
  "publish.uses.recommend": { en: "Recommending it to others", id: "Rekomendasi untuk orang lain" },
  "publish.prompt.hint": {
    en: "The words that you painted from will stand under the picture: “{prompt}”",
    id: "Kata-kata yang Anda pakai untuk melukis akan tampil di bawah gambar: “{prompt}”",
  },
  "publish.submit": { en: "Publish", id: "Terbitkan" },
  "publish.sending": { en: "Publishing", id: "Menerbitkan" },

  // Accounts
  "account.handle": { en: "Handle", id: "Nama pengguna" },
  "account.handle.hint": {
    en: "3 to 30 letters, digits or _; begins with a letter",
    id: "3–30 huruf, angka, atau _; diawali huruf",
  },
  "account.password": { en: "Password", id: "Kata sandi" },
  "account.password.hint": { en: "At least 10 characters", id: "Minimal 10 karakter" },
  "account.password.show": { en: "Show", id: "Tampilkan" },
  "account.password.hide": { en: "Hide", id: "Sembunyikan" },
  "account.displayName": { en: "Name", id: "Nama" },
  "account.displayName.hint": {
    en: "Shown beside your pictures. If empty, your handle is shown.",
    id: "Tampil di samping gambar Anda. Bila kosong, nama pengguna yang tampil.",
  },
  "account.bio": { en: "About you", id: "Tentang Anda" },
  "signUp.title": { en: "Make an account", id: "Buat akun" },
  "signUp.text": {
    en: "A handle and a password, nothing else.",
    id: "Nama pengguna dan kata sandi, itu saja.",
  },
  "signUp.submit": { en: "Sign up", id: "Daftar" },
  "signUp.sending": { en: "Making your account", id: "Membuat akun" },
  "signUp.toSignIn": { en: "Have an account? Sign in", id: "Sudah punya akun? Masuk" },
  "signUp.waiting": {
    en: "Then this is painted first: “{prompt}”",
    id: "Lalu ini dilukis lebih dulu: “{prompt}”",
  },
  "door.toHome": { en: "Go on as @{handle}", id: "Lanjutkan sebagai @{handle}" },
  "signIn.title": { en: "Welcome back", id: "Selamat datang kembali" },
  "signIn.submit": { en: "Sign in", id: "Masuk" },
  "signIn.sending": { en: "Signing in", id: "Sedang masuk" },
  "signIn.toSignUp": { en: "New here? Make an account", id: "Baru di sini? Buat akun" },

  // Settings
  "settings.title": { en: "Settings", id: "Setelan" },
  "settings.profile": { en: "Profile", id: "Profil" },
  "settings.saving": { en: "Saving", id: "Menyimpan" },
  "settings.saved": { en: "Saved.", id: "Tersimpan." },
  "settings.discard": { en: "Discard changes", id: "Buang perubahan" },
  "settings.saved.now": { en: "What is saved: “{text}”", id: "Yang tersimpan: “{text}”" },
  "settings.saved.nothing": { en: "What is saved: nothing", id: "Yang tersimpan: kosong" },
  "settings.look": { en: "Look", id: "Tampilan" },
  "settings.theme": { en: "Theme", id: "Tema" },
  "settings.theme.system": { en: "As the system", id: "Ikuti sistem" },
  "settings.theme.light": { en: "Light", id: "Terang" },
  "settings.theme.dark": { en: "Dark", id: "Gelap" },
  "settings.language": { en: "Language", id: "Bahasa" },
  "settings.session": { en: "Session", id: "Sesi" },
  "settings.signedInAs": { en: "Signed in as @{handle}", id: "Masuk sebagai @{handle}" },
  "settings.signOut": { en: "Sign out", id: "Keluar" },
  "settings.signOut.hint": {
    en: "You stay signed in for 14 days. Signing out forgets the texts that you have begun on this device; pictures that you have not published stay with your account.",
    id: "Anda tetap masuk selama 14 hari. Saat Anda keluar, teks yang belum selesai di perangkat ini dihapus; gambar yang belum diterbitkan tetap ada di akun Anda.",
  },
  "settings.password": { en: "Password", id: "Kata sandi" },
  "settings.password.old": { en: "Present password", id: "Kata sandi saat ini" },
  "settings.password.new": { en: "New password", id: "Kata sandi baru" },
  "settings.password.hint": {
    en: "Everywhere else you will be signed out.",
    id: "Anda akan dikeluarkan dari semua tempat lain.",
  },
  "settings.password.change": { en: "Change password", id: "Ganti kata sandi" },
  "settings.password.changed": {
    en: "Your password is changed. Everywhere else you are signed out.",
    id: "Kata sandi Anda sudah diganti. Anda sudah keluar dari semua tempat lain.",
  },
  "settings.data": { en: "Your data", id: "Data Anda" },
  "settings.export.about": {
    en: "You may have all that belongs to you in one archive: your profile, your posts and pictures, what you had painted, whom you follow and block, what you like, and where you are signed in. It opens in a browser, and programs can read it.",
    id: "Anda dapat memperoleh semua milik Anda dalam satu arsip: profil, kiriman dan gambar, apa yang Anda lukis, siapa yang Anda ikuti dan blokir, apa yang Anda sukai, dan tempat Anda masuk. Arsip itu dapat dibuka di peramban dan dibaca program.",
  },
  "settings.export.loading": { en: "Looking for your export", id: "Mencari ekspor Anda" },
  "settings.export.ask": { en: "Make an archive", id: "Buat arsip" },
  "settings.export.anew": { en: "Replace it by a new one", id: "Ganti dengan yang baru" },
  "settings.export.waiting": {
    en: "Your archive is going to be made. You may leave this page.",
    id: "Arsip Anda akan dibuat. Anda boleh meninggalkan halaman ini.",
  },
  "settings.export.making": {
    en: {
      one: "Your archive is being made: {n} post so far. You may leave this page.",
      other: "Your archive is being made: {n} posts so far. You may leave this page.",
    },
    id: "Arsip Anda sedang dibuat: {n} kiriman sejauh ini. Anda boleh meninggalkan halaman ini.",
  },
  "settings.export.ready": {
    en: "Your archive is ready, until {until}.",
    id: "Arsip Anda siap, hingga {until}.",
  },
  "settings.export.gone": {
    en: "Your archive was kept for as long as archives are, and is gone. You can have a new one.",
    id: "Arsip Anda telah disimpan selama batas waktunya dan kini sudah tidak ada. Anda dapat meminta yang baru.",
  },
  "settings.export.failed": {
    en: "Your archive could not be made. Nothing of yours is lost: ask again.",
    id: "Arsip Anda tidak berhasil dibuat. Tidak ada milik Anda yang hilang: minta lagi.",
  },
  "settings.export.download": { en: "Download ({size})", id: "Unduh ({size})" },
  "settings.places": { en: "Where you are signed in", id: "Tempat Anda masuk" },
  "settings.places.loading": { en: "Loading the list", id: "Memuat daftar" },
  "settings.places.appOn": { en: "{app} on {system}", id: "{app} di {system}" },
  "settings.places.unknown": { en: "An unknown device", id: "Perangkat tidak dikenal" },
  "settings.places.here": { en: "This device", id: "Perangkat ini" },
  "settings.places.used": { en: "Last used {when}", id: "Terakhir dipakai {when}" },
  "settings.places.since": { en: "Signed in on {day}", id: "Masuk pada {day}" },
  "settings.places.end": { en: "Sign out there", id: "Keluarkan" },
  "settings.places.end.label": { en: "Sign out: {device}", id: "Keluarkan: {device}" },
  "settings.places.endOthers": {
    en: "Sign out everywhere else",
    id: "Keluar dari semua tempat lain",
  },
  "settings.places.ended": { en: "Signed out there.", id: "Sudah dikeluarkan." },
  "settings.places.endedOthers": {
    en: "Everywhere else you are signed out.",
    id: "Anda sudah keluar dari semua tempat lain.",
  },
  "settings.delete": { en: "Delete account", id: "Hapus akun" },
  "settings.delete.hint": {
    en: "You can change your mind for a while; before you decide, you are told what happens.",
    id: "Untuk sementara waktu Anda masih dapat berubah pikiran; sebelum memutuskan, Anda diberi tahu apa yang terjadi.",
  },
  "settings.delete.begin": { en: "Delete my account …", id: "Hapus akun saya …" },
  "settings.delete.hidden": {
    en: "At once nobody sees @{handle} and your pictures any more, and you are signed out everywhere else.",
    id: "@{handle} dan gambar Anda langsung tidak terlihat lagi oleh siapa pun, dan Anda dikeluarkan dari semua tempat lain.",
  },
  "settings.delete.grace": {
    en: "You are then told until when you can still keep the account, as a rule for 14 days: sign in, and everything is as it was.",
    id: "Setelah itu Anda diberi tahu sampai kapan akun masih dapat dipertahankan, biasanya 14 hari: masuk, dan semuanya kembali seperti semula.",
  },
  "settings.delete.erased": {
    en: "After that it is over for good: your name, profile and password, your posts and pictures, likes and follows are destroyed, and nobody can have your handle for a year.",
    id: "Setelah itu tidak dapat dibatalkan lagi: nama, profil, dan kata sandi Anda, kiriman dan gambar, suka dan ikutan Anda dimusnahkan, dan tidak ada yang dapat memakai nama pengguna Anda selama setahun.",
  },
  "settings.delete.export": {
    en: "If you want to keep anything, download your archive first: you cannot have it while the account is being deleted.",
    id: "Jika ada yang ingin Anda simpan, unduh arsip Anda lebih dulu: arsip tidak bisa didapat selama akun sedang dihapus.",
  },
  "settings.delete.submit": { en: "Delete my account", id: "Hapus akun saya" },
  "settings.delete.sending": { en: "Deleting", id: "Menghapus" },
  "leaving.title": { en: "Your account is being deleted", id: "Akun Anda sedang dihapus" },
  "leaving.text": {
    en: "Nobody sees @{handle} and your pictures any more. Until {until} you can keep the account, and everything is as it was. After that it is over for good.",
    id: "@{handle} dan gambar Anda tidak terlihat lagi oleh siapa pun. Sampai {until} Anda dapat mempertahankan akun ini, dan semuanya kembali seperti semula. Setelah itu tidak dapat dibatalkan lagi.",
  },
  "leaving.keep": { en: "Keep my account", id: "Pertahankan akun saya" },
  "session.ended": {
    en: "Your session has ended. Sign in again: what you have begun is still here.",
    id: "Sesi Anda sudah berakhir. Masuk lagi: yang sudah Anda mulai masih ada di sini.",
  },
  "session.signedOutElsewhere": {
    en: "You have signed out in another tab.",
    id: "Anda telah keluar lewat tab lain.",
  },
  "session.signedInElsewhere": {
    en: "This browser is now signed in as @{handle}, in another tab.",
    id: "Peramban ini kini masuk sebagai @{handle}, lewat tab lain.",
  },

  // Keyboard
  "keys.title": { en: "Keyboard", id: "Papan ketik" },
  "keys.paint": { en: "Paint", id: "Lukis" },
  "keys.next": { en: "Next picture", id: "Gambar berikutnya" },
  "keys.previous": { en: "Previous picture", id: "Gambar sebelumnya" },
  "keys.like": { en: "Like", id: "Suka" },
  "keys.open": { en: "Open", id: "Buka" },
  "keys.new": { en: "Show what is new", id: "Tampilkan yang baru" },
  "keys.help": { en: "This list", id: "Daftar ini" },
  "keys.close": { en: "Close", id: "Tutup" },

  // Elsewhere
  "missing.title": { en: "There is no such place", id: "Tidak ada tempat seperti itu" },
  "missing.text": { en: "The address may be mistyped.", id: "Alamatnya mungkin salah ketik." },
  "missing.home": { en: "Go home", id: "Ke beranda" },

  // What went wrong, and what to do
  "problem.unreachable": {
    en: "Kanvas did not answer. Check your connection and try again.",
    id: "Kanvas tidak menjawab. Periksa sambungan Anda lalu coba lagi.",
  },
  "problem.unavailable": {
    en: "Kanvas is catching its breath. Try again in a moment.",
    id: "Kanvas sedang mengatur napas. Coba lagi sebentar lagi.",
  },
  "problem.unknown": {
    en: "That did not work. Try again; if it goes on, quote {trace}.",
    id: "Itu tidak berhasil. Coba lagi; bila terus terjadi, sebutkan {trace}.",
  },
  "problem.unknownTraceless": {
    en: "That did not work. Try again.",
    id: "Itu tidak berhasil. Coba lagi.",
  },
  "problem.signInFirst": {
    en: "Sign in first, then try again.",
    id: "Masuk dahulu, lalu coba lagi.",
  },
  "problem.credentials": {
    en: "Handle and password do not match. Check both and try again.",
    id: "Nama pengguna dan kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.",
  },
  "problem.oldPassword": {
    en: "That is not your present password.",
    id: "Itu bukan kata sandi Anda saat ini.",
  },
  "problem.deleting": {
    en: "Your account is being deleted. Keep it first, then try again.",
    id: "Akun Anda sedang dihapus. Batalkan penghapusannya dulu, lalu coba lagi.",
  },
  "problem.forbidden": {
    en: "That is not yours to change.",
    id: "Ini bukan milik Anda, jadi tidak dapat Anda ubah.",
  },
  "problem.handleTaken": {
    en: "That handle is taken. Choose another one.",
    id: "Nama pengguna itu sudah dipakai. Pilih yang lain.",
  },
  "problem.invalid": {
    en: "Kanvas cannot take this as it is. Change it, or reload the page and try again.",
    id: "Kanvas tidak dapat menerima ini. Ubah, atau muat ulang halaman lalu coba lagi.",
  },
  "problem.reload": {
    en: "This page and Kanvas do not understand each other. Reload the page and try again.",
    id: "Halaman ini dan Kanvas tidak saling memahami. Muat ulang halaman lalu coba lagi.",
  },
  "problem.startAnew": {
    en: "This was asked for before, in another way. Reload the page and begin anew.",
    id: "Ini sudah pernah diminta dengan cara lain. Muat ulang halaman dan mulai lagi.",
  },
  "problem.tooNew": {
    en: "Your account is brand-new. Try again in a moment.",
    id: "Akun Anda baru saja dibuat. Coba lagi sebentar lagi.",
  },
  "problem.tooSlow": {
    en: "The connection is too slow: not everything arrived. Try again.",
    id: "Sambungan terlalu lambat: tidak semuanya sampai. Coba lagi.",
  },
  "problem.perhaps": {
    en: "It may have worked or not. Look, and try again if not.",
    id: "Mungkin berhasil, mungkin tidak. Periksa, dan coba lagi bila belum.",
  },
  "problem.oldUnavailable": {
    en: "Older posts cannot be reached right now. Try again in a moment.",
    id: "Kiriman lama sedang tidak dapat dijangkau. Coba lagi sebentar lagi.",
  },
  "problem.jobGone": {
    en: "This picture is not there (any more), or it is not yours. Paint it again.",
    id: "Gambar ini tidak ada (lagi), atau bukan milik Anda. Lukis lagi.",
  },
  "problem.notFound": {
    en: "It is not there (any more).",
    id: "Ini tidak ada (lagi).",
  },
  "problem.accountDiffers": {
    en: "Somebody else has signed in, in another tab. Nothing was done in their name.",
    id: "Orang lain telah masuk lewat tab lain. Tidak ada yang dilakukan atas namanya.",
  },
  "problem.clock": {
    en: "The clock of this device seems to be wrong. Set it, and try again.",
    id: "Jam perangkat ini tampaknya keliru. Setel jamnya, lalu coba lagi.",
  },
  "problem.conflict": {
    en: "This was changed elsewhere meanwhile. Reload and try again.",
    id: "Ini sudah diubah di tempat lain. Muat ulang lalu coba lagi.",
  },
  "problem.changedElsewhere": {
    en: "This was changed elsewhere meanwhile. What you have typed is still here: save again to put it in the place of what stands there now.",
    id: "Ini sudah diubah di tempat lain. Yang Anda ketik masih ada di sini: simpan lagi untuk menggantikan isi yang sekarang.",
  },
  "problem.blocked": {
    en: "One of you blocks the other, so this is not possible.",
    id: "Salah satu dari Anda memblokir yang lain, jadi ini tidak bisa.",
  },
  "problem.self": {
    en: "That works with other people only.",
    id: "Ini hanya bisa dilakukan terhadap orang lain.",
  },
  "problem.queueFull": {
    en: "Everyone is painting right now. Try again in a moment.",
    id: "Semua orang sedang melukis. Coba lagi sebentar lagi.",
  },
  "problem.tooMany": {
    en: {
      one: "That was a lot at once. Wait {n} second, then try again.",
      other: "That was a lot at once. Wait {n} seconds, then try again.",
    },
    id: "Terlalu banyak sekaligus. Tunggu {n} detik, lalu coba lagi.",
  },
  "problem.exportTooSoon": {
    en: "An export can be asked for once a day. Ask again later.",
    id: "Ekspor dapat diminta sekali sehari. Minta lagi nanti.",
  },
  "problem.exportGone": {
    en: "There is no archive any more. Ask for a new export.",
    id: "Arsipnya sudah tidak ada. Minta ekspor baru.",
  },
  "problem.tooLarge": {
    en: "That is too long. Shorten it.",
    id: "Ini terlalu panjang. Persingkat.",
  },
  "problem.jobNotDone": {
    en: "This picture is not finished, so it cannot be published.",
    id: "Gambar ini belum selesai, jadi belum dapat diterbitkan.",
  },
  "problem.alreadyPublished": {
    en: "This picture is published already.",
    id: "Gambar ini sudah diterbitkan.",
  },
  "field.over": {
    en: { one: "{n} character too many", other: "{n} characters too many" },
    id: "Kelebihan {n} karakter",
  },
  "form.empty": { en: "Fill this in.", id: "Isi bagian ini." },
  "field.handle": {
    en: "3 to 30 of a–z, 0–9 and _, beginning with a letter; a few names are reserved.",
    id: "3–30 karakter a–z, 0–9, dan _, diawali huruf; beberapa nama sudah dicadangkan.",
  },
  "field.password": {
    en: "10 to 200 characters that are not easily guessed, and that a keyboard can type.",
    id: "10–200 karakter yang tidak mudah ditebak dan dapat diketik.",
  },
  "field.new_password": {
    en: "10 to 200 characters that are not easily guessed, and that a keyboard can type.",
    id: "10–200 karakter yang tidak mudah ditebak dan dapat diketik.",
  },
  "field.old_password": {
    en: "Write the password with which you sign in now.",
    id: "Tulis kata sandi yang sekarang Anda pakai untuk masuk.",
  },
  "field.display_name": {
    en: "1 to 50 characters, no invisible ones among them.",
    id: "1–50 karakter, tanpa karakter yang tidak terlihat.",
  },
  "field.bio": {
    en: "At most 300 characters, no control characters among them.",
    id: "Maksimal 300 karakter, tanpa karakter kendali.",
  },
  "field.prompt": {
    en: "1 to 1,000 characters, no invisible ones among them.",
    id: "1–1.000 karakter, tanpa karakter yang tidak terlihat.",
  },
  "field.negative_prompt": {
    en: "At most 1,000 characters, no invisible ones among them.",
    id: "Maksimal 1.000 karakter, tanpa karakter yang tidak terlihat.",
  },
  "field.model": {
    en: "This painter is not at work any more. Choose another one.",
    id: "Pelukis ini tidak bekerja lagi. Pilih yang lain.",
  },
  "field.size": {
    en: "The painter does not paint this size. Choose one of these.",
    id: "Pelukis ini tidak melukis ukuran itu. Pilih salah satu yang ada.",
  },
  "field.style": {
    en: "The painter does not know this style. Choose another one.",
    id: "Pelukis ini tidak mengenal gaya itu. Pilih yang lain.",
  },
  "field.steps": {
    en: "The painter does not take so many steps. Leave it empty for the usual number.",
    id: "Pelukis ini tidak mengambil langkah sebanyak itu. Kosongkan untuk jumlah yang biasa.",
  },
  "field.guidance": {
    en: "From 1 to 10. Leave it empty for the usual.",
    id: "Dari 1 sampai 10. Kosongkan untuk yang biasa.",
  },
  "field.visibility": {
    en: "Choose who may see it.",
    id: "Pilih siapa yang boleh melihatnya.",
  },
  "field.uses": {
    en: "Choose anew what it may be used for.",
    id: "Pilih ulang untuk apa gambar ini boleh dipakai.",
  },
  "field.seed": {
    en: "A whole number from 0 to 9,007,199,254,740,991.",
    id: "Bilangan bulat 0 hingga 9.007.199.254.740.991.",
  },
  "field.caption": {
    en: "At most 500 characters, no control characters among them.",
    id: "Maksimal 500 karakter, tanpa karakter kendali.",
  },
  "field.alt_text": {
    en: "Say in 1 to 1,000 characters what the picture shows, without control characters.",
    id: "Jelaskan isi gambar dalam 1–1.000 karakter, tanpa karakter kendali.",
  },
} satisfies Record<string, Record<Language, Text>>;

export type MessageKey = keyof typeof catalogue;
