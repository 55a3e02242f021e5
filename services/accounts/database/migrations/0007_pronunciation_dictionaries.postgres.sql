ALTER TABLE pronunciation_dictionaries ENABLE ROW LEVEL SECURITY;
ALTER TABLE pronunciation_versions ENABLE ROW LEVEL SECURITY;
