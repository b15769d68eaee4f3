namespace Camshaft.Engine.Repository;

/// <summary>A version of a model on disk.</summary>
/// <param name="Number">The version, which is the directory's name.</param>
/// <param name="Path">The directory's absolute path.</param>
public sealed record VersionDirectory(long Number, string Path);
