export interface UrlPreviewTables {
  /** What pages said about themselves, for an hour. */
  url_previews: {
    url: string
    created_at_ms: number
    expires_at_ms: number
    /** JSON: the answer. */
    preview: string
  }
  /** Pictures of pages, among the media of those who asked; they go after two days. */
  url_preview_images: { media_id: string; created_at_ms: number }
}
