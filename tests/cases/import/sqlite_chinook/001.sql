-- A shop of records: names in capitals, types of another engine, keys without names.
CREATE TABLE [Artist] ([ArtistId] INTEGER NOT NULL, [Name] NVARCHAR(120), CONSTRAINT [PK_Artist] PRIMARY KEY ([ArtistId]));
CREATE TABLE [Album] (
    [AlbumId] INTEGER NOT NULL,
    [Title] NVARCHAR(160) NOT NULL, -- on the cover
    [ArtistId] INTEGER NOT NULL,
    CONSTRAINT [PK_Album] PRIMARY KEY ([AlbumId]),
    FOREIGN KEY ([ArtistId]) REFERENCES [Artist] ([ArtistId]) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE [Track] (
    [TrackId] INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    [AlbumId] INTEGER REFERENCES [Album],
    [Milliseconds] INT NOT NULL CHECK ([Milliseconds] > 0),
    [UnitPrice] NUMERIC(10, 2) NOT NULL DEFAULT 0.99,
    [Kind] TEXT NOT NULL DEFAULT 'song' CHECK ([Kind] IN ('song', 'speech')),
    [AddedAt] DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    [Order] SMALLINT
);
CREATE TABLE [PlaylistTrack] (
    [PlaylistId] INTEGER NOT NULL,
    [TrackId] INTEGER NOT NULL,
    CONSTRAINT [PK_PlaylistTrack] PRIMARY KEY ([PlaylistId], [TrackId]),
    FOREIGN KEY ([TrackId]) REFERENCES [Track] ([TrackId]) ON DELETE CASCADE
);
CREATE INDEX [IFK_AlbumArtistId] ON [Album] ([ArtistId]);
CREATE INDEX [idx_Track_AlbumId] ON [Track] ([AlbumId]);
CREATE UNIQUE INDEX [IUK_Track] ON [Track] ([AlbumId], [Order] DESC) WHERE [Order] IS NOT NULL;
