using System.Text.Json;
using System.Text.Json.Serialization;
using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Routing;

/// <summary>How the routing section reads: names as in the rest of the file, nothing that is not known, nothing twice.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(RoutingConfiguration))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class RoutingJson : JsonSerializerContext;
