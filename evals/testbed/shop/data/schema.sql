-- Tables of the shop and one login a service. Run once by the superuser against the database `shop`.
CREATE TABLE products (
    sku text PRIMARY KEY,
    name text NOT NULL,
    category text NOT NULL,
    price_cents integer NOT NULL,
    weight_grams integer NOT NULL
);
CREATE INDEX products_category ON products (category);
CREATE TABLE reviews (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku text NOT NULL,
    stars smallint NOT NULL,
    body text NOT NULL
);
CREATE TABLE stock (
    sku text NOT NULL,
    warehouse text NOT NULL,
    quantity integer NOT NULL,
    reserved integer NOT NULL DEFAULT 0,
    PRIMARY KEY (sku, warehouse)
);
CREATE TABLE orders (
    id text PRIMARY KEY,
    tenant text NOT NULL,
    customer text NOT NULL,
    total_cents integer NOT NULL,
    items jsonb NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE charges (
    id text PRIMARY KEY,
    order_id text NOT NULL,
    tenant text NOT NULL,
    amount_cents integer NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX charges_order ON charges (order_id);
CREATE TABLE messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id text NOT NULL,
    recipient text NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO products
SELECT 'SKU-' || lpad(n::text, 4, '0'),
       (ARRAY['Alder', 'Birch', 'Cedar', 'Elm', 'Maple', 'Oak'])[n % 6 + 1] || ' ' ||
       (ARRAY['chair', 'desk', 'lamp', 'shelf', 'stool'])[n % 5 + 1],
       (ARRAY['seating', 'tables', 'lighting', 'storage'])[n % 4 + 1],
       1500 + n * 137 % 20000,
       400 + n * 91 % 9000
FROM generate_series(1, 120) AS n;
INSERT INTO reviews (sku, stars, body)
SELECT 'SKU-' || lpad((n % 120 + 1)::text, 4, '0'), n % 5 + 1, repeat('well made and quick to put together ', n % 3 + 1)
FROM generate_series(1, 240000) AS n;
CREATE INDEX reviews_sku ON reviews (sku);
INSERT INTO stock
SELECT sku, warehouse, 1000000 FROM products, unnest(ARRAY['north', 'south', 'west']) AS warehouse;
ANALYZE;
