public enum ManifestScanPlaceholder {}
