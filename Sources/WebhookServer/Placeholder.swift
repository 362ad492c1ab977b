public enum WebhookServerPlaceholder {}
