-- The browser that subscribed to alerts, as it named itself, so that its user tells one from the other.
ALTER TABLE notification_channels ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
