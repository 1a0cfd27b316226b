//! Small lists of words. Everything here is invented or reserved for examples.

/// First names, and how their owners spell them in an e-mail.
pub(super) const FIRST: [(&str, &str); 24] = [
    ("Ada", "ada"),
    ("Siobhán", "siobhan"),
    ("José", "jose"),
    ("小明", "xiaoming"),
    ("Zoë 🦇", "zoe"),
    ("Kofi", "kofi"),
    ("Ingrid", "ingrid"),
    ("Mateus", "mateus"),
    ("Yuki", "yuki"),
    ("Fatima", "fatima"),
    ("Liam", "liam"),
    ("Beatriz", "beatriz"),
    ("Søren", "soren"),
    ("Priya", "priya"),
    ("Łukasz", "lukasz"),
    ("Noor", "noor"),
    ("Tomás", "tomas"),
    ("Grace", "grace"),
    ("Émile", "emile"),
    ("Olga", "olga"),
    ("Daniel", "daniel"),
    ("Aoife", "aoife"),
    ("Hiro", "hiro"),
    ("Carla", "carla"),
];

/// Last names, and how their owners spell them in an e-mail.
pub(super) const LAST: [(&str, &str); 23] = [
    ("Lindqvist", "lindqvist"),
    ("O'Brien", "o'brien"),
    ("Ñíguez", "niguez"),
    ("王", "wang"),
    ("Müller", "mueller"),
    ("Mensah", "mensah"),
    ("Haugen", "haugen"),
    ("da Silva", "dasilva"),
    ("Tanaka", "tanaka"),
    ("Haddad", "haddad"),
    ("Walsh", "walsh"),
    ("Carvalho", "carvalho"),
    ("Ærø", "aeroe"),
    ("Raman", "raman"),
    ("Wójcik", "wojcik"),
    ("van den Berg", "vandenberg"),
    ("Novák", "novak"),
    ("Hopper", "hopper"),
    ("L'Écuyer", "lecuyer"),
    ("Petrova", "petrova"),
    ("Stein-Okafor", "stein-okafor"),
    ("D'Souza", "dsouza"),
    ("Ferrari", "ferrari"),
];

/// Customers of the company's platform.
pub(super) const TENANTS: [&str; 6] = ["acme", "globex", "北京书店", "umbrella-gmbh", "cafe-olé", "initech"];

/// Domains for e-mail.
pub(super) const DOMAINS: [&str; 4] = ["example.com", "mail.example", "post.example", "example.org"];

/// Cities of addresses.
pub(super) const CITIES: [(&str, &str); 7] = [
    ("北京", "100000"),
    ("Köln", "50667"),
    ("São Paulo", "01310-100"),
    ("Galway", "H91 E2K3"),
    ("Kraków", "31-001"),
    ("Accra", "GA-183"),
    ("Québec", "G1R 4S9"),
];

/// Things to buy.
pub(super) const PRODUCTS: [(&str, u32); 9] = [
    ("Bat house, larch", 4_900),
    ("Night light «Fledermaus»", 2_350),
    ("Ultrasound detector", 18_900),
    ("Field guide, 3rd ed.", 2_995),
    ("Head torch (red)", 3_450),
    ("Moth trap 蛾", 7_200),
    ("Thermal mug ☕", 1_800),
    ("Echo map, A2", 1_250),
    ("Wall hook", 490),
];

/// What people search for.
pub(super) const SEARCHES: [&str; 6] =
    ["bat house", "lamp 20€", "détecteur", "book & map", "蛾", "100% cotton"];

/// Browsers of people.
pub(super) const BROWSERS: [&str; 5] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36",
];
