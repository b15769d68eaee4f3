using System.Text;
using Camshaft.Backends;
using Camshaft.Client.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>How long the parts of an infer frame are, and which tensors of the signature its inputs are.</summary>
/// <param name="FieldsByteSize">The bytes of fields.</param>
/// <param name="TableByteSize">The bytes of the table.</param>
/// <param name="FrameByteSize">All of the frame.</param>
internal readonly record struct InferLayout(int FieldsByteSize, int TableByteSize, long FrameByteSize)
{
    /// <summary>Head, fields and table.</summary>
    public int PrefaceByteSize => WireFormat.HeadByteSize + FieldsByteSize + TableByteSize;

    /// <summary>Works it out.</summary>
    /// <returns>What is wrong with the request, if something is.</returns>
    public static InferenceStatus TryMeasure(InferenceCall call, out InferLayout layout)
    {
        layout = default;
        var fields = MeasureFields(call);
        var table = (call.Options.Outputs.Count * TensorEntry.LeastByteSize) + (call.Options.OutputRegions.Count * TensorEntry.GetByteSize(0, TensorPlace.Region));
        foreach (ref readonly var input in call.Inputs)
        {
            table += TensorEntry.GetByteSize(input.Shape.Rank, input.Region is null ? TensorPlace.Frame : TensorPlace.Region);
            if (FindIndex(call.Opened.Signature.Inputs, input.Name) < 0)
            {
                return NoSuch(call, "input", input.Name, call.Opened.Signature.Inputs);
            }
        }

        for (var i = 0; i < call.Options.Outputs.Count; i++)
        {
            if (FindIndex(call.Opened.Signature.Outputs, call.Options.Outputs[i]) < 0)
            {
                return NoSuch(call, "output", call.Options.Outputs[i], call.Opened.Signature.Outputs);
            }
        }

        for (var i = 0; i < call.Options.OutputRegions.Count; i++)
        {
            if (FindIndex(call.Opened.Signature.Outputs, call.Options.OutputRegions[i].Name) < 0)
            {
                return NoSuch(call, "output", call.Options.OutputRegions[i].Name, call.Opened.Signature.Outputs);
            }
        }

        var preface = WireFormat.HeadByteSize + fields + table;
        if (preface > WireFormat.LongestPreface)
        {
            return new InferenceStatus(StatusCode.InvalidArgument, $"Model '{call.Model.Name}': tags, inputs and outputs take {preface} bytes without their data; at most {WireFormat.LongestPreface} can be sent.");
        }

        var data = new DataLayout(preface);
        foreach (ref readonly var input in call.Inputs)
        {
            data.Place(input.SentByteSize);
        }

        layout = new InferLayout(fields, table, data.FrameByteSize);
        return InferenceStatus.Ok;
    }

    /// <summary>Which tensor of a signature has a name; -1 for none.</summary>
    public static int FindIndex(IReadOnlyList<TensorSpec> tensors, string name)
    {
        for (var i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static int MeasureFields(InferenceCall call)
    {
        var byteSize = 0;
        if (call.Trace.Exists)
        {
            byteSize += FieldWriter.GetByteSize(WireFormat.TraceParentByteSize);
            byteSize += call.Trace.State is { } state ? FieldWriter.GetByteSize(Encoding.UTF8.GetByteCount(state)) : 0;
        }

        if (call.Options.Tags.Count > 0)
        {
            foreach (var (key, value) in call.Options.Tags)
            {
                byteSize += FieldWriter.GetByteSize(Encoding.UTF8.GetByteCount(key) + 1 + Encoding.UTF8.GetByteCount(value));
            }
        }

        return byteSize;
    }

    private static InferenceStatus NoSuch(InferenceCall call, string side, string name, IReadOnlyList<TensorSpec> tensors) =>
        new(StatusCode.InvalidArgument, $"Model '{call.Model.Name}' version {call.Opened.Version} has no {side} '{name}'; expected {string.Join(", ", tensors.Select(static tensor => $"'{tensor.Name}'"))}.");
}
