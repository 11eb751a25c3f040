package io.kindred.app.demo;

import java.util.List;

/// What the demo's shop sells: the words that titles are made of. Invented names throughout.
final class Assortment {
  /// A category, the makers in it and its genres.
  record Category(String name, List<String> makers, List<Genre> genres) {}

  /// Products that belong together.
  ///
  /// @param products from dear to cheap
  /// @param priceLow what the cheapest usually costs, in euros
  record Genre(
      String name,
      List<String> traits,
      List<String> products,
      List<String> variants,
      double priceLow,
      double priceHigh) {}

  static final List<String> CITIES =
      List.of(
          "Amsterdam",
          "Berlin",
          "Copenhagen",
          "Dublin",
          "Krakow",
          "Lisbon",
          "Lyon",
          "Madrid",
          "Milan",
          "Oslo",
          "Prague",
          "Vienna");

  static final List<String> FIRST_NAMES =
      List.of(
          "Ada", "Anouk", "Bela", "Carlos", "Clara", "Dario", "Edda", "Emil", "Freya", "Goran",
          "Hanna", "Ines", "Ivo", "Jonas", "Kaja", "Lena", "Luca", "Marta", "Milo", "Nadia", "Olga",
          "Pavel", "Rosa", "Sami", "Tessa", "Ulla", "Viktor", "Wanda", "Yara", "Zoe");

  private static final List<String> COLOURS =
      List.of("moss", "slate", "rust", "sand", "midnight", "coral", "black", "chalk");
  private static final List<String> SIZES =
      List.of("small", "medium", "large", "set of 2", "set of 4", "gift box");
  private static final List<String> BINDINGS =
      List.of(
          "paperback", "hardcover", "audiobook", "pocket edition", "signed copy", "large print");
  private static final List<String> FINISHES =
      List.of("oak", "walnut", "ash", "brass", "white", "graphite", "linen", "terracotta");

  static final List<Category> CATEGORIES =
      List.of(
          new Category(
              "Outdoor",
              List.of("Fjellvik", "Northpine", "Cairn & Co", "Altura", "Stormhatt", "Wildside"),
              List.of(
                  new Genre(
                      "Trail running",
                      List.of("Grippy", "Waterproof", "Featherlight", "Cushioned", "Wide-fit"),
                      List.of(
                          "Trail Shoe", "Trail Vest", "Running Gaiter", "Race Belt", "Trail Sock"),
                      COLOURS,
                      15,
                      160),
                  new Genre(
                      "Tents",
                      List.of("Ultralight", "Four-season", "Freestanding", "Storm-proof", "Family"),
                      List.of("Tunnel Tent", "Dome Tent", "Bivy", "Tarp", "Tent Footprint"),
                      COLOURS,
                      40,
                      520),
                  new Genre(
                      "Backpacks",
                      List.of("Ventilated", "Roll-top", "Waxed", "Packable", "Padded"),
                      List.of("Trekking Pack", "Duffel", "Summit Pack", "Daypack", "Hip Pack"),
                      COLOURS,
                      30,
                      240),
                  new Genre(
                      "Camp kitchen",
                      List.of("Titanium", "Folding", "Wind-proof", "Insulated", "Nesting"),
                      List.of("Gas Stove", "Cook Set", "Water Filter", "Camp Mug", "Spork"),
                      SIZES,
                      9,
                      130))),
          new Category(
              "Kitchen",
              List.of("Bellacrema", "Hartmann", "Osteria", "Kobo Steel", "Lumi", "Grandmere"),
              List.of(
                  new Genre(
                      "Coffee",
                      List.of("Dual-boiler", "Hand-cranked", "Precise", "Quiet", "Stovetop"),
                      List.of(
                          "Espresso Machine",
                          "Burr Grinder",
                          "Milk Frother",
                          "Pour-over Kit",
                          "Moka Pot"),
                      FINISHES,
                      18,
                      690),
                  new Genre(
                      "Knives",
                      List.of("Damascus", "Hand-forged", "Carbon-steel", "Balanced", "Razor-sharp"),
                      List.of(
                          "Santoku", "Chef's Knife", "Bread Knife", "Whetstone", "Paring Knife"),
                      FINISHES,
                      20,
                      260),
                  new Genre(
                      "Cast iron",
                      List.of("Pre-seasoned", "Enamelled", "Deep", "Heirloom", "Ridged"),
                      List.of("Dutch Oven", "Casserole", "Wok", "Griddle", "Skillet"),
                      COLOURS,
                      28,
                      310),
                  new Genre(
                      "Baking",
                      List.of("Non-stick", "Perforated", "Sourdough", "Silicone", "Professional"),
                      List.of(
                          "Stand Mixer", "Cake Ring", "Loaf Tin", "Proofing Basket", "Rolling Pin"),
                      SIZES,
                      8,
                      420))),
          new Category(
              "Books",
              List.of(
                  "Mara Lindqvist",
                  "Tomas Herrera",
                  "E. J. Okafor",
                  "Yuki Amano",
                  "Piotr Zielak",
                  "Clare Donnelly"),
              List.of(
                  new Genre(
                      "Crime novels",
                      List.of("The Silent", "The Last", "The Drowned", "A Borrowed", "The Ninth"),
                      List.of("Witness", "Harbour", "Alibi", "Detective", "Winter"),
                      BINDINGS,
                      7,
                      32),
                  new Genre(
                      "Science fiction",
                      List.of("Beyond the", "Children of the", "The Glass", "Orbit of the", "Last"),
                      List.of("Starship", "Colony", "Singularity", "Moon", "Machine"),
                      BINDINGS,
                      7,
                      34),
                  new Genre(
                      "Cookbooks",
                      List.of("Simply", "The Slow", "Weeknight", "A Year of", "The Green"),
                      List.of("Pasta", "Bread", "Curries", "Vegetables", "Ferments"),
                      BINDINGS,
                      14,
                      48),
                  new Genre(
                      "Travel writing",
                      List.of(
                          "On Foot through",
                          "A Winter in",
                          "Night Trains to",
                          "Lost in",
                          "Letters from"),
                      List.of("Patagonia", "the Balkans", "Anatolia", "the Hebrides", "Hokkaido"),
                      BINDINGS,
                      9,
                      30))),
          new Category(
              "Audio",
              List.of("Sonora", "Klangwerk", "Auris", "Deepfield", "Tonhaus", "Valvo"),
              List.of(
                  new Genre(
                      "Headphones",
                      List.of("Noise-cancelling", "Open-back", "Wireless", "Studio", "In-ear"),
                      List.of("Headphones", "Monitors", "Headset", "Earbuds", "Ear Pads"),
                      COLOURS,
                      25,
                      480),
                  new Genre(
                      "Turntables",
                      List.of("Belt-drive", "Direct-drive", "Automatic", "Audiophile", "Portable"),
                      List.of("Turntable", "Phono Stage", "Cartridge", "Stylus", "Record Clamp"),
                      FINISHES,
                      30,
                      740),
                  new Genre(
                      "Loudspeakers",
                      List.of("Active", "Bookshelf", "Floorstanding", "Multi-room", "Waterproof"),
                      List.of("Party Box", "Subwoofer", "Soundbar", "Speaker", "Speaker Stand"),
                      FINISHES,
                      40,
                      890),
                  new Genre(
                      "Home recording",
                      List.of("Condenser", "USB", "Broadcast", "Ribbon", "Compact"),
                      List.of("Mixer", "Audio Interface", "Microphone", "Boom Arm", "Pop Filter"),
                      COLOURS,
                      15,
                      430))),
          new Category(
              "Games",
              List.of(
                  "Holzkopf", "Meeple Mill", "Puzzlewerk", "Kasper & Kas", "Drakon", "Little Owl"),
              List.of(
                  new Genre(
                      "Board games",
                      List.of("Cooperative", "Strategic", "Medieval", "Two-player", "Legacy"),
                      List.of(
                          "Railway Game",
                          "Dungeon Game",
                          "Island Game",
                          "Trading Game",
                          "Card Game"),
                      List.of(
                          "2nd edition", "deluxe", "travel size", "with expansion", "for 2 to 6"),
                      12,
                      110),
                  new Genre(
                      "Jigsaws",
                      List.of("Panoramic", "Hand-cut", "Vintage", "Impossible", "Glow-in-the-dark"),
                      List.of(
                          "Mosaic Jigsaw",
                          "Map Jigsaw",
                          "Botanical Jigsaw",
                          "City Jigsaw",
                          "Cat Jigsaw"),
                      List.of("500 pieces", "1,000 pieces", "1,500 pieces", "2,000 pieces"),
                      10,
                      60),
                  new Genre(
                      "Wooden toys",
                      List.of("Rainbow", "Stacking", "Beechwood", "Rolling", "First"),
                      List.of("Train Set", "Marble Run", "Animal Ark", "Blocks", "Pull-along Duck"),
                      SIZES,
                      9,
                      130),
                  new Genre(
                      "Model kits",
                      List.of("1:48", "1:72", "Laser-cut", "Clockwork", "Museum"),
                      List.of(
                          "Sailing Ship", "Locomotive", "Lunar Module", "Biplane", "Racing Car"),
                      List.of("with paints", "snap-fit", "advanced", "limited edition"),
                      14,
                      190))),
          new Category(
              "Garden",
              List.of("Greenhand", "Terrakraft", "Oldfield", "Solis", "Rosenhof", "Sprout"),
              List.of(
                  new Genre(
                      "Garden tools",
                      List.of("Forged", "Long-handled", "Ergonomic", "Bypass", "Copper"),
                      List.of("Pruning Saw", "Spade", "Secateurs", "Hoe", "Trowel"),
                      List.of("with holster", "left-handed", "child-size", "stainless"),
                      9,
                      95),
                  new Genre(
                      "Planters",
                      List.of("Self-watering", "Glazed", "Hanging", "Frost-proof", "Raised"),
                      List.of("Trough", "Planter", "Herb Box", "Wall Pot", "Seed Tray"),
                      FINISHES,
                      7,
                      140),
                  new Genre(
                      "Barbecue",
                      List.of("Charcoal", "Ceramic", "Portable", "Offset", "Smokeless"),
                      List.of("Pizza Oven", "Smoker", "Grill", "Fire Bowl", "Grill Tongs"),
                      COLOURS,
                      12,
                      640),
                  new Genre(
                      "Garden lights",
                      List.of("Solar", "Warm-white", "Motion-sensing", "Festoon", "Dimmable"),
                      List.of("Wall Light", "Spotlight", "Lantern", "String Lights", "Path Light"),
                      SIZES,
                      9,
                      120))),
          new Category(
              "Cycling",
              List.of("Velora", "Pavé", "Kettenblatt", "Ridgeway", "Domestique", "Loop"),
              List.of(
                  new Genre(
                      "Bike bags",
                      List.of("Waterproof", "Quick-release", "Aero", "Waxed-canvas", "Expandable"),
                      List.of(
                          "Pannier", "Messenger Bag", "Frame Bag", "Handlebar Bag", "Saddle Bag"),
                      COLOURS,
                      18,
                      170),
                  new Genre(
                      "Bike lights",
                      List.of("Rechargeable", "Dynamo", "High-beam", "Daytime", "Laser-lane"),
                      List.of(
                          "Light Set", "Front Light", "Helmet Light", "Rear Light", "Spoke Light"),
                      List.of("80 lux", "100 lux", "USB-C", "with mount"),
                      9,
                      150),
                  new Genre(
                      "Cycling clothing",
                      List.of("Merino", "Thermal", "Aero", "Reflective", "Gravel"),
                      List.of("Rain Cape", "Bib Shorts", "Jersey", "Overshoes", "Gloves"),
                      COLOURS,
                      15,
                      190),
                  new Genre(
                      "Bike workshop",
                      List.of("Torque", "Folding", "Pocket", "Heavy-duty", "Digital"),
                      List.of(
                          "Repair Stand", "Truing Stand", "Floor Pump", "Multi-tool", "Chain Tool"),
                      List.of("for home", "for travel", "pro series", "starter"),
                      9,
                      260))),
          new Category(
              "Home",
              List.of("Haus Nord", "Atelier Lune", "Lindgren", "Casa Mira", "Tovi", "Wooland"),
              List.of(
                  new Genre(
                      "Lamps",
                      List.of("Arched", "Pleated", "Adjustable", "Mushroom", "Paper"),
                      List.of("Floor Lamp", "Pendant", "Wall Lamp", "Desk Lamp", "Bedside Lamp"),
                      FINISHES,
                      24,
                      390),
                  new Genre(
                      "Rugs",
                      List.of("Hand-woven", "Jute", "Berber", "Washable", "Round"),
                      List.of("Kilim", "Rug", "Sheepskin", "Runner", "Doormat"),
                      COLOURS,
                      19,
                      560),
                  new Genre(
                      "Bedding",
                      List.of("Stonewashed", "Percale", "Goose-down", "Cooling", "Organic"),
                      List.of("Mattress Topper", "Duvet", "Sheet Set", "Throw", "Pillow"),
                      COLOURS,
                      18,
                      330),
                  new Genre(
                      "Seating",
                      List.of("Reclining", "Bentwood", "Velvet", "Stackable", "Mid-century"),
                      List.of("Armchair", "Rocking Chair", "Bench", "Dining Chair", "Stool"),
                      FINISHES,
                      45,
                      820))));

  private Assortment() {}
}
