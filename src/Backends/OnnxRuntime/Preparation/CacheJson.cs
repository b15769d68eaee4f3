using System.Text.Json.Serialization;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>The JSON of the cache's own files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(EntryManifest))]
[JsonSerializable(typeof(ModelContent))]
internal sealed partial class CacheJson : JsonSerializerContext;
