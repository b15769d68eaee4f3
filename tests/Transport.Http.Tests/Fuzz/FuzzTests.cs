using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Testing;
using Camshaft.Transport.Http.Tests.Endpoints;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>
/// Requests from a generator through the real endpoint, engine and models, each judged by the reference: answered with just
/// what it holds, or refused for a reason that is the client's. Runs for CAMSHAFT_FUZZ_SECONDS (10); CAMSHAFT_FUZZ_SEED runs
/// the one case of a seed again.
/// </summary>
public sealed class FuzzTests(HttpServer server, ITestOutputHelper output) : IClassFixture<HttpServer>
{
    [Fact]
    public async Task What_the_reference_takes_is_answered_and_all_else_refused()
    {
        if (Environment.GetEnvironmentVariable("CAMSHAFT_FUZZ_SEED") is { Length: > 0 } text)
        {
            await RunAsync(int.Parse(text, CultureInfo.InvariantCulture), verbose: true);
            return;
        }

        var duration = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("CAMSHAFT_FUZZ_SECONDS") ?? "10", CultureInfo.InvariantCulture));
        var first = Random.Shared.Next();
        var (answered, refused) = (0, 0);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration;)
        {
            if (await RunAsync(unchecked(first + answered + refused), verbose: false))
            {
                answered++;
            }
            else
            {
                refused++;
            }
        }

        output.WriteLine($"Seeds from {first} on: {answered} answered, {refused} refused.");

        // What only ever refuses, or never does, tests nothing.
        Assert.InRange((double)answered / (answered + refused), 0.2, 0.8);
    }

    /// <summary>What a run has found once: the platform's reader has no exception of its own for it.</summary>
    [Theory]
    [InlineData("f@Hv$zb", "1", 6)]
    [InlineData("tru@", "3", 2)]
    [InlineData("{\"a\":nu@@@@", "7", 9)]
    [InlineData("fals", null, 3)]
    public async Task A_literal_that_is_cut_by_the_end_of_a_body_in_several_segments_is_refused(string body, string? headerLength, int piece)
    {
        var request = new FuzzCase(server.Identities[0], System.Text.Encoding.ASCII.GetBytes(body), headerLength, HasLength: true, [piece], ArrivesLate: false, LeavesAt: null);

        Assert.Contains("not valid JSON", (await Assert.ThrowsAsync<InvalidRequestException>(() => new FuzzCall(request).RunAsync(server.InferEndpoint))).Message, StringComparison.Ordinal);
    }

    private async Task<bool> RunAsync(int seed, bool verbose)
    {
        var request = new FuzzGenerator(seed, server.Identities).Create();
        var expectation = Reference.Judge(request);
        try
        {
            if (verbose)
            {
                output.WriteLine($"{request}\nThe reference expects {expectation}.");
            }

            var isAnswered = await RunAsync(request, expectation);
            Assert.Null(server.DescribeHeldByRequests());
            return isAnswered;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"CAMSHAFT_FUZZ_SEED={seed}\n{request}\nThe reference expects {expectation}.", exception);
        }
    }

    private async Task<bool> RunAsync(FuzzCase request, Expectation expectation)
    {
        try
        {
            var (json, tail) = await new FuzzCall(request).RunAsync(server.InferEndpoint);
            Assert.NotNull(expectation.Tensors);
            AssertEqual(request.Model, expectation.Tensors, json, tail);
            return true;
        }
        catch (InvalidRequestException exception)
        {
            Assert.True(exception.Status.Code is StatusCode.InvalidArgument or StatusCode.Unsupported, $"{exception.Status.Code}: {exception.Message}");
            Assert.StartsWith($"Model '{request.Model.ModelName}'", exception.Message, StringComparison.Ordinal);
            AssertMayBeRefused(request, expectation, exception);
        }
        catch (BadHttpRequestException exception)
        {
            Assert.InRange(exception.StatusCode, 400, 499);
            AssertMayBeRefused(request, expectation, exception);
        }
        catch (ConnectionResetException)
        {
            Assert.NotNull(request.LeavesAt);
        }

        return false;
    }

    private static void AssertMayBeRefused(FuzzCase request, Expectation expectation, Exception exception) => Assert.True(
        expectation.Tensors is null || request.LeavesAt is not null || exception.Message.Contains("that JSON cannot carry; ask for it with", StringComparison.Ordinal),
        $"It was refused: {exception.Message}");

    private static void AssertEqual(ModelVersion model, IReadOnlyList<TestTensor> expected, byte[] json, byte[] tail)
    {
        // Numbers that are none came in binary form, and their form in JSON is one that no document takes.
        if (expected.Any(HasNonFinite) && (json.AsSpan().IndexOf("NaN"u8) >= 0 || json.AsSpan().IndexOf("Infinity"u8) >= 0))
        {
            return;
        }

        using var answer = JsonDocument.Parse(json);
        Assert.Equal(model.ModelName, answer.RootElement.GetProperty("model_name").GetString());
        foreach (var output in answer.RootElement.GetProperty("outputs").EnumerateArray())
        {
            var index = model.Signature!.Outputs.ToList().FindIndex(spec => spec.Name == output.GetProperty("name").GetString());
            var tensor = expected[index];
            Assert.Equal(tensor.DataType.Name, output.GetProperty("datatype").GetString());
            Assert.Equal(tensor.Shape.Dimensions.ToArray(), output.GetProperty("shape").Deserialize<long[]>());
            var isBinary = output.TryGetProperty("parameters", out var parameters);
            var bytes = isBinary ? tail[..parameters.GetProperty("binary_data_size").GetInt32()] : ReferenceTensor.ReadJson(tensor.DataType, output.GetProperty("data"));

            // In JSON a BOOL of any byte but zero is true.
            Assert.Equal(!isBinary && tensor.DataType == DataType.Bool ? [.. tensor.Data.Select(static value => (byte)(value == 0 ? 0 : 1))] : tensor.Data, bytes);
            tail = isBinary ? tail[bytes.Length..] : tail;
        }

        Assert.Empty(tail);
    }

    private static bool HasNonFinite(TestTensor tensor) => tensor.DataType switch
    {
        DataType.Float32 => !tensor.Values<float>().ToArray().All(float.IsFinite),
        DataType.Float64 => !tensor.Values<double>().ToArray().All(double.IsFinite),
        _ => false,
    };
}
