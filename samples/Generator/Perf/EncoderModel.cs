using Camshaft.Backends;

namespace Camshaft.Samples.Perf;

/// <summary>
/// A small transformer encoder over bytes: token ids and mask of any batch and length in, the mean of the tokens' vectors
/// out. What its weights say means nothing; what they cost does.
/// </summary>
internal static class EncoderModel
{
    private const int VocabularySize = 256;
    private const int MaxLength = 256;
    private const int Width = 96;

    private const int HeadCount = 4;
    private const int HeadWidth = Width / HeadCount;
    private const int InnerWidth = 3 * Width;
    private const int LayerCount = 2;

    // Softmax turns it into nothing, and it is far from where floats end.
    private const float Masked = -10_000f;

    public static byte[] Create()
    {
        var network = new NetworkBuilder(seed: 11);
        network.Model.Input("input_ids", DataType.Int64, "batch", "sequence").Input("attention_mask", DataType.Int64, "batch", "sequence");
        var mask = network.Node("Cast", ["attention_mask"], OnnxAttribute.Of("to", OnnxModelBuilder.ElementTypeOf(DataType.Float32)));
        var tokens = network.Normalize(Embed(network), Width);
        var attentionBias = AttentionBias(network, mask);
        for (var layer = 0; layer < LayerCount; layer++)
        {
            tokens = network.Normalize(network.Node("Add", [tokens, Attend(network, tokens, attentionBias)]), Width);
            tokens = network.Normalize(network.Node("Add", [tokens, FeedForward(network, tokens)]), Width);
        }

        network.Output(MeanOverTokens(network, tokens, mask), "embedding", "batch", $"{Width}");
        return network.Model.Build();
    }

    private static string Embed(NetworkBuilder network)
    {
        var words = network.Node("Gather", [network.Table(VocabularySize, Width), "input_ids"]);
        var length = network.Node("Gather", [network.Node("Shape", ["input_ids"]), network.Integers(1)]);
        var positions = network.Node("Slice", [network.Table(MaxLength, Width), network.Integers(0), length, network.Integers(0)]);
        return network.Node("Add", [words, positions]);
    }

    /// <summary>Shape [batch, 1, 1, sequence]: 0 where attention may go.</summary>
    private static string AttentionBias(NetworkBuilder network, string mask)
    {
        var hidden = network.Node("Mul", [network.Node("Sub", [network.Constant(1f), mask]), network.Constant(Masked)]);
        return network.Node("Unsqueeze", [hidden, network.Integers(1, 2)]);
    }

    private static string Attend(NetworkBuilder network, string tokens, string attentionBias)
    {
        // [batch, head, sequence, width], the keys with the last two exchanged.
        var queries = SplitHeads(network, network.Linear(tokens, Width, Width), [0, 2, 1, 3]);
        var keys = SplitHeads(network, network.Linear(tokens, Width, Width), [0, 2, 3, 1]);
        var values = SplitHeads(network, network.Linear(tokens, Width, Width), [0, 2, 1, 3]);
        var scores = network.Node("Mul", [network.Node("MatMul", [queries, keys]), network.Constant(1f / MathF.Sqrt(HeadWidth))]);
        var weights = network.Node("Softmax", [network.Node("Add", [scores, attentionBias])]);
        var mixed = network.Node("Transpose", [network.Node("MatMul", [weights, values])], OnnxAttribute.Of("perm", [0, 2, 1, 3]));
        return network.Linear(network.Node("Reshape", [mixed, network.Integers(0, 0, Width)]), Width, Width);
    }

    private static string SplitHeads(NetworkBuilder network, string tokens, long[] order) =>
        network.Node("Transpose", [network.Node("Reshape", [tokens, network.Integers(0, 0, HeadCount, HeadWidth)])], OnnxAttribute.Of("perm", order));

    private static string FeedForward(NetworkBuilder network, string tokens) =>
        network.Linear(network.Node("Gelu", [network.Linear(tokens, Width, InnerWidth)]), InnerWidth, Width);

    private static string MeanOverTokens(NetworkBuilder network, string tokens, string mask)
    {
        var axis = network.Integers(1);
        var seen = network.Node("Mul", [tokens, network.Node("Unsqueeze", [mask, network.Integers(2)])]);
        var sum = network.Node("ReduceSum", [seen, axis], OnnxAttribute.Of("keepdims", 0));
        var count = network.Node("Max", [network.Node("ReduceSum", [mask, axis]), network.Constant(1f)]);
        return network.Node("Div", [sum, count]);
    }
}
