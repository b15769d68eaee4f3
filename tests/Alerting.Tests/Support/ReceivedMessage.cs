using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Alerting.Tests.Support;

/// <summary>One request that an endpoint got.</summary>
internal sealed record ReceivedMessage(string Path, IHeaderDictionary Headers, byte[] Body)
{
    public JsonNode Json => JsonNode.Parse(Encoding.UTF8.GetString(Body))!;
}
