using System.Net;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>Warm-up of a real model that takes no made-up inputs.</summary>
public sealed class WarmUpTests : IDisposable
{
    private const string VoiceActivity = """
        inputs:
          - { name: input, batch_axis: 0 }
          - { name: state, batch_axis: 1 }
          - { name: sr }
        outputs:
          - { name: output, batch_axis: 0 }
          - { name: stateN, batch_axis: 1 }
        warm_up:
          - name: half a breath
            inputs:
              - { name: input, shape: [1, 576], data: random }
              - { name: state, shape: [2, 1, 128], data: zeros }
              - { name: sr, value: 16000 }
        """;

    private readonly TempDirectory _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Voice_activity_is_warmed_with_its_sample_and_batched_by_measurement()
    {
        _models.Write("voice_activity/1/model.onnx", File.ReadAllBytes(TestData.ModelFile("voice_activity")));
        _models.Write("voice_activity/model.yaml", System.Text.Encoding.UTF8.GetBytes(VoiceActivity));
        await using var server = await TestServer.StartAsync(_models.FullPath);

        var version = server.Engine.Models.List().Single().Versions.Single();
        Assert.Equal([1, 2, 4, 8, 16, 32], version.RunCosts.Select(static cost => cost.Rows));
        Assert.Contains("times as many rows a second", version.Batching!.Reason, StringComparison.Ordinal);
        Assert.InRange(version.Batching.MaxRows, 2, 32);

        var (status, config) = await server.Client.GetAsync("/v2/models/voice_activity/config");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("32: ", (string)config!["parameters"]!["camshaft.run_time"]!["string_value"]!, StringComparison.Ordinal);

        var inputs = RealModel.CreateInputs("voice_activity");
        var expected = RealModel.RunDirectly("voice_activity", inputs);
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => server.Client.InferAsync("voice_activity", inputs, binary: true)));
        Assert.All(answers, answer =>
        {
            Assert.Null(answer.Error);
            Assert.Equal(expected["output"].Values<float>()[0], answer.Outputs["output"].Values<float>()[0], 1e-5f);
        });
    }
}
