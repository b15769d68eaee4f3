namespace Camshaft.Transport.Wire;

/// <summary>Puts faults into words.</summary>
public static class WireFaults
{
    /// <summary>A sentence for the other side's programmer, without a full stop at its end.</summary>
    public static string Describe(this WireFault fault) => fault switch
    {
        WireFault.None => "nothing is wrong",
        WireFault.Incomplete => "the frame ends too early",
        WireFault.NotAFrame => "the bytes are not of Camshaft's binary protocol; expected a frame that begins with 'CAMS'",
        WireFault.Length => "a length is no multiple of 8, or longer than it may be",
        WireFault.Number => "a number is greater than 2^63 - 1",
        WireFault.Id => "a request needs an id other than 0, and hello, credit and go-away have id 0",
        WireFault.Reserved => "a reserved byte or flag is not zero",
        WireFault.Preface => $"fields and table have more than {WireFormat.LongestPreface - WireFormat.HeadByteSize} bytes",
        WireFault.Table => "the table of tensors has another length or number of tensors than the head says",
        WireFault.Tensor => "a tensor of the table has a datatype, a number of dimensions, a dimension or a place that does not exist",
        WireFault.Data => "the data is not as long as the tensors say together",
        WireFault.Field => "a field is longer than the fields together, or its value is not what its number says",
        WireFault.FieldTwice => "a field came twice",
        WireFault.UnknownField => "a field that must be understood is not known to this version",
        WireFault.Text => "a text is not UTF-8, or not as long as the head says",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
