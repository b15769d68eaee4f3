using Camshaft.Testing;

namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>
/// A server with models that answer bytes as they are: <c>sample_identity</c>, <c>two</c> with versions 1 and 2, to whose second a rule sends opens with
/// the tag <c>team=vision</c>, and <c>broken</c>, which cannot be loaded.
/// </summary>
public sealed class RoutedServer : BinaryTestServer
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Assert.Contains("broken", Assert.Single(TakeErrors()), StringComparison.Ordinal);
    }

    private protected override void WriteModels(TempDirectory models)
    {
        models.Write("sample_identity/1/model.sample", "operation: identity\ndatatype: UINT8"u8);
        models.Write("two/1/model.sample", "operation: identity\ndatatype: UINT8"u8);
        models.Write("two/2/model.sample", "operation: identity\ndatatype: UINT8"u8);
        models.Write("floats/1/model.sample", "operation: identity\ndatatype: FP32"u8);
        models.Write("broken/1/model.sample", "no operation"u8);
        models.Write("two/model.yaml", """
            version_policy: all
            routing:
              aliases: { stable: 1 }
              rules:
                - when: { tags: { team: vision } }
                  targets: [ { target: two@2 } ]
                - when: { tags: { team: lost } }
                  targets: [ { target: broken } ]
                  fallbacks: [ two@stable ]
            """u8);
    }
}
