//! AWS Signature Version 4: canonicalise, verify, sign, presign, and a small signed client.
