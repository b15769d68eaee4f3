using System.Net;
using Camshaft.Backends;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Microsoft.ML.OnnxRuntime;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>Batches of a real model over HTTP: a transformer whose batch and sequence may vary.</summary>
public sealed class BatchingTests : IDisposable
{
    private const int MaxBatchSize = 8;
    private const int RequestCount = 96;
    private const float Tolerance = 1e-5f;

    private readonly TempDirectory _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Requests_that_run_together_get_the_answers_that_they_get_alone()
    {
        var file = File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "perf", "models", "encoder", "1", "model.onnx"));
        _models.Write("encoder/1/model.onnx", file);
        _models.Write("encoder/model.yaml", "batching: { max_batch_size: 8 }\nlimits: { concurrency: 1 }"u8);
        await using var server = await TestServer.StartAsync(_models.FullPath);
        using var session = new InferenceSession(file);
        var cases = Enumerable.Range(0, 6).Select(variant => CreateCase(session, rows: 1 + (variant % 2), length: 16 * (1 + (variant / 2)), seed: variant)).ToList();

        var answers = await Task.WhenAll(Enumerable.Range(0, RequestCount).Select(async number =>
        {
            var one = cases[number % cases.Count];
            return (one.Expected, Answer: await server.Client.InferAsync("encoder", one.Inputs, binary: number % 3 != 0));
        }));

        Assert.All(answers, static answer =>
        {
            Assert.Null(answer.Answer.Error);
            foreach (var (name, expected) in answer.Expected)
            {
                AssertNear(expected, answer.Answer.Outputs[name]);
            }
        });
        var (status, config) = await server.Client.GetAsync("/v2/models/encoder/config");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal($"{MaxBatchSize}", (string)config!["parameters"]!["camshaft.max_batch_rows"]!["string_value"]!);
        Assert.Equal("as configured", (string)config["parameters"]!["camshaft.batching"]!["string_value"]!);
        Assert.Equal($"{MaxBatchSize}", (string)config["parameters"]!["camshaft.target_batch_rows"]!["string_value"]!);
        Assert.Contains((string)config["parameters"]!["camshaft.lanes"]!["string_value"]!, (IEnumerable<string>)["short", "medium", "long"]);
        var model = server.Engine.Models.List().Single().Versions.Single();
        Assert.Equal(RequestCount, model.Recorder.GetCount(StatusCode.Ok));
        Assert.InRange(model.Recorder.Executions, 1, RequestCount - 1);
    }

    private static (Dictionary<string, TestTensor> Inputs, Dictionary<string, TestTensor> Expected) CreateCase(InferenceSession session, int rows, int length, int seed)
    {
        var random = new Random(seed);
        var inputs = session.InputMetadata.ToDictionary(static input => input.Key, input =>
        {
            long[] shape = [.. input.Value.Dimensions.Select((size, axis) => size >= 0 ? size : axis == 0 ? rows : (long)length)];
            var count = (int)shape.Aggregate(1L, static (product, size) => product * size);
            return input.Value.ElementType == typeof(long)
                ? TestTensor.Of(DataType.Int64, shape, [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(2, 100))])
                : TestTensor.Of(shape, [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())]);
        });
        using var runOptions = new RunOptions();
        var values = inputs.ToDictionary(static input => input.Key, static input => input.Value.DataType == DataType.Int64
            ? OrtValue.CreateTensorValueFromMemory(input.Value.Values<long>().ToArray(), input.Value.Shape.Dimensions.ToArray())
            : OrtValue.CreateTensorValueFromMemory(input.Value.Values<float>().ToArray(), input.Value.Shape.Dimensions.ToArray()));
        using var results = session.Run(runOptions, values, session.OutputNames);
        return (inputs, session.OutputNames.Zip(results).ToDictionary(
            static pair => pair.First, static pair => TestTensor.Of(pair.Second.GetTensorTypeAndShape().Shape, pair.Second.GetTensorDataAsSpan<float>())));
    }

    private static void AssertNear(TestTensor expected, TestTensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        for (var i = 0; i < expected.Values<float>().Length; i++)
        {
            Assert.Equal(expected.Values<float>()[i], actual.Values<float>()[i], Tolerance);
        }
    }
}
