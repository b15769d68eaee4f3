using Camshaft.Client;

namespace Camshaft.Samples.Client;

/// <summary>Calls to the sample models: many at once (1), texts (2), a deadline and only some outputs (3), and what a mistake looks like (4).</summary>
internal static class SampleCalls
{
    private const int Requests = 20;

    /// <summary>Makes them.</summary>
    /// <param name="address">Such as <c>camshaft://localhost:8003</c> or <c>camshaft+unix:///run/camshaft.sock</c>.</param>
    /// <param name="output">Where the answers go.</param>
    public static async Task RunAsync(string address, TextWriter output)
    {
        // One client for the whole life of a program.
        await using var client = new CamshaftClient(address);

        await using var simple = await client.OpenModelAsync("simple");
        await output.WriteLineAsync($"simple: {string.Join(", ", simple.Signature.Inputs.Select(static input => $"{input.Name} {input.Shape}"))}");
        var sums = await Task.WhenAll(Enumerable.Range(0, Requests).Select(number => AddAsync(simple, number))); // 1
        await output.WriteLineAsync($"sums: {string.Join(", ", sums)}");

        await using var identity = await client.OpenModelAsync("simple_identity");
        using (var texts = await identity.InferAsync(InferenceInput.CreateTexts("INPUT0", ["one", "zwölf"], 1, 2))) // 2
        {
            await output.WriteLineAsync($"texts: {string.Join(", ", texts["OUTPUT0"].ToTexts())}");
        }

        await using var floats = await client.OpenModelAsync("identity_fp32");
        var options = new InferenceOptions { Timeout = TimeSpan.FromSeconds(10), Outputs = ["OUTPUT0"] };
        using (var result = await floats.InferAsync(InferenceInput.Create("INPUT0", new float[] { 1, 2.5f, -3, 0 }, 2, 2), options)) // 3
        {
            await output.WriteLineAsync(FormattableString.Invariant($"floats: {result["OUTPUT0"].Shape} {string.Join(", ", result["OUTPUT0"].ToArray<float>())}"));
        }

        try
        {
            using var result = await floats.InferAsync(InferenceInput.Create("INPUT0", new float[] { 1, 2 }, 2));
        }
        catch (InferenceException exception) // 4
        {
            await output.WriteLineAsync($"{exception.Code}: {exception.Message}");
        }
    }

    private static async Task<int> AddAsync(IInferenceModel model, int number)
    {
        int[] left = [.. Enumerable.Repeat(number, 16)];
        int[] right = [.. Enumerable.Range(0, 16)];
        using var result = await model.InferAsync([InferenceInput.Create("INPUT0", left, 1, 16), InferenceInput.Create("INPUT1", right, 1, 16)]);

        // The last column; it is read where it lies, before the result is given back.
        return result["OUTPUT0"].Read<int>()[^1];
    }
}
